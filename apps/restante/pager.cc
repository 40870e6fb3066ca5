#include "restante/pager.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <string>

namespace restante::cli {
namespace {

bool is_there(const std::string& program) {
  for (const char* const folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"}) {
    if (::access((folder + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

/// Empty: none.
std::string pager_command() {
  const char* const chosen = ::getenv("PAGER");
  if (chosen != nullptr) return chosen;
  return is_there("less") ? "less -FRX" : "";
}

}  // namespace

Pager::Pager(const Context& context) {
  const std::string command = context.wants_pager() ? pager_command() : "";
  std::array<int, 2> pipe{};
  if (command.empty() || ::pipe2(pipe.data(), O_CLOEXEC) != 0) return;
  std::cout.flush();
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(pipe[0], STDIN_FILENO);
    // Our text is UTF-8; less would show its octets where the locale does not say so.
    ::setenv("LESSCHARSET", "utf-8", 0);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pipe[0]);
  if (child_ > 0) {
    // Who closes the pager early has seen enough: that is no failure.
    ::signal(SIGPIPE, SIG_IGN);
    stdout_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    ::dup2(pipe[1], STDOUT_FILENO);
  }
  ::close(pipe[1]);
}

Pager::~Pager() {
  if (child_ <= 0) return;
  std::cout.flush();
  std::cout.clear();
  ::dup2(stdout_, STDOUT_FILENO);
  ::close(stdout_);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace restante::cli
