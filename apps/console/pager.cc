#include "console/pager.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>

namespace restante::console {
namespace {

bool is_there(const std::string& program) {
  for (const char* const folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"})
    if (::access((folder + program).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace

Pager::Pager(const std::string& command) {
  std::array<int, 2> ends{};
  if (command.empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  std::string shell = "sh";
  std::string option = "-c";
  std::string line = command;
  const std::array<char*, 4> words{shell.data(), option.data(), line.data(), nullptr};
  std::cout.flush();
  // Our text is UTF-8; less would show its octets where the locale does not say so.
  ::setenv("LESSCHARSET", "utf-8", 0);
  if (::posix_spawn(&child_, "/bin/sh", &actions, nullptr, words.data(), environ) == 0) {
    stdout_before_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    ::dup2(ends[1], STDOUT_FILENO);
    // Who has seen enough ends the pager, and not us.
    ::signal(SIGPIPE, SIG_IGN);
  } else {
    child_ = 0;
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[0]);
  ::close(ends[1]);
}

Pager::~Pager() {
  if (child_ == 0) return;
  std::cout.flush();
  std::cout.clear();
  ::dup2(stdout_before_, STDOUT_FILENO);
  ::close(stdout_before_);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) continue;
}

std::string Pager::usual_command() {
  const char* const chosen = std::getenv("PAGER");
  if (chosen != nullptr) return chosen;
  return is_there("less") ? "less -FRX" : "";
}

}  // namespace restante::console
