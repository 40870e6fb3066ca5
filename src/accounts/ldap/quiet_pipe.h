// libldap writes with write(2), and a server that is gone by then would end the program by SIGPIPE:
// tools leave that signal as it is, for their output's sake. While one of these lives, this thread
// has none.
#pragma once

#include <signal.h>

#include <ctime>

namespace restante::accounts::ldap {

class QuietPipe {
 public:
  QuietPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~QuietPipe() {
    const timespec at_once{};
    const bool was_blocked = sigismember(&before_, SIGPIPE) == 1;
    if (!was_blocked) ::sigtimedwait(&pipe_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  QuietPipe(const QuietPipe&) = delete;
  QuietPipe& operator=(const QuietPipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

}  // namespace restante::accounts::ldap
