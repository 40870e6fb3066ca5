#include "console/pager.h"

#include <fcntl.h>
#include <unistd.h>

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
  if (command.empty()) return;
  auto pipe = programs::make_pipe();
  if (!pipe) return;
  programs::SpawnPlan plan(programs::Group::kOurs);
  plan.duplicate(pipe->read.number(), STDIN_FILENO);
  std::cout.flush();
  // Our text is UTF-8; less would show its octets where the locale does not say so.
  ::setenv("LESSCHARSET", "utf-8", 0);
  auto started = plan.start({"/bin/sh", "-c", command});
  if (!started) return;
  child_.emplace(std::move(*started));
  stdout_before_.reset(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  ::dup2(pipe->write.number(), STDOUT_FILENO);
  // A reader who has seen enough ends the pager, and not us.
  ::signal(SIGPIPE, SIG_IGN);
}

Pager::~Pager() {
  if (!child_) return;
  std::cout.flush();
  std::cout.clear();
  ::dup2(stdout_before_.number(), STDOUT_FILENO);
  static_cast<void>(child_->wait());
}

std::string Pager::usual_command() {
  const char* const chosen = std::getenv("PAGER");
  if (chosen != nullptr) return chosen;
  return is_there("less") ? "less -FRX" : "";
}

}  // namespace restante::console
