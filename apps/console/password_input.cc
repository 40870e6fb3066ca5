#include "console/password_input.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/limits.h"
#include "base/secret_string.h"

namespace restante::console {
namespace {

volatile std::sig_atomic_t ending_signal = 0;

using Clock = std::chrono::steady_clock;

// How soon a signal is seen that another thread has taken.
constexpr timespec kLook{0, 500'000'000};

/// Waits for input with these signals let through: nowhere else, so none comes unseen between a
/// look at ending_signal and the wait. Errors: kIo (a signal came that ends us), kTimeout.
Status await_input(int file, const sigset_t& let_through, Clock::time_point end) {
  pollfd waiting{file, POLLIN, 0};
  while (ending_signal == 0) {
    const int count = ::ppoll(&waiting, 1, &kLook, &let_through);
    if (count > 0 || (count < 0 && errno != EINTR)) return ok();
    if (Clock::now() >= end) return Error(Errc::kTimeout, "no password was typed");
  }
  return Error(Errc::kIo, "cannot read the password");
}

/// One line, without CRLF or LF, byte by byte: what follows is not ours to take. `let_through`: see
/// await_input(); null when signals are as usual.
Result<std::string> read_line(int file, const sigset_t* let_through,
                              Clock::time_point end = Clock::time_point::max()) {
  std::string line;
  for (;;) {
    if (let_through != nullptr) RESTANTE_CHECKED(await_input(file, *let_through, end));
    char c = '\0';
    const ssize_t count = ::read(file, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error(Errc::kIo, "cannot read the password");
    if (count == 0 && line.empty())
      return Error(Errc::kSyntax, "no password came in: give it as one line");
    if (count == 0 || c == '\n') break;
    line += c;
    if (line.size() > limits::kPasswordBytesMax + 1)
      return Error(Errc::kLimit, "the password is longer than " +
                                     std::to_string(limits::kPasswordBytesMax) + " bytes");
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

constexpr std::array kEndingSignals = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// A terminal without echo, put back at the end. A signal that would end the program is held back
/// but while we wait for input, and only ends the reading, so that it cannot leave the terminal
/// mute.
class QuietTerminal {
 public:
  explicit QuietTerminal(int file) : file_(file) {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : kEndingSignals) sigaddset(&held, signal);
    ::sigprocmask(SIG_BLOCK, &held, &mask_before_);
    struct sigaction noting {};
    noting.sa_handler = [](int signal) { ending_signal = signal; };
    for (std::size_t i = 0; i < before_.size(); ++i)
      ::sigaction(kEndingSignals[i], &noting, &before_[i]);
    quiet_ = ::tcgetattr(file_, &saved_) == 0;
    termios silent = saved_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet_ = quiet_ && ::tcsetattr(file_, TCSAFLUSH, &silent) == 0;
  }
  ~QuietTerminal() {
    if (quiet_) ::tcsetattr(file_, TCSAFLUSH, &saved_);
    for (std::size_t i = 0; i < before_.size(); ++i)
      ::sigaction(kEndingSignals[i], &before_[i], nullptr);
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    if (ending_signal != 0) std::raise(ending_signal);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  [[nodiscard]] bool quiet() const { return quiet_; }
  /// The signals as they were: to wait for input with.
  [[nodiscard]] const sigset_t& signals_before() const { return mask_before_; }

 private:
  int file_;
  bool quiet_ = false;
  sigset_t mask_before_{};
  termios saved_{};
  std::array<struct sigaction, kEndingSignals.size()> before_{};
};

Result<std::string> ask(int terminal, const std::string& prompt,
                        Clock::time_point end = Clock::time_point::max()) {
  const QuietTerminal silence(terminal);
  if (!silence.quiet()) return Error(Errc::kIo, "cannot turn off the terminal's echo");
  static_cast<void>(!::write(terminal, prompt.data(), prompt.size()));
  auto line = read_line(terminal, &silence.signals_before(), end);
  static_cast<void>(!::write(terminal, "\n", 1));
  return line;
}

Result<std::string> ask_twice(int terminal, const std::string& account) {
  RESTANTE_TRY(std::string first, ask(terminal, "New password for " + account + ": "));
  auto second = ask(terminal, "Again: ");
  const bool same = second && *second == first;
  if (second) wipe(*second);
  if (same) return first;
  wipe(first);
  if (!second) return std::move(second).error();
  return Error(Errc::kSyntax, "the two did not agree; nothing was changed");
}

int open_terminal() { return ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY); }
Error no_terminal() { return Error(Errc::kState, "no terminal to ask for a password"); }

}  // namespace

bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

Result<std::string> ask_password(const std::string& prompt, std::chrono::seconds patience) {
  const int terminal = can_ask() ? open_terminal() : -1;
  if (terminal < 0) return no_terminal();
  const bool forever = patience == std::chrono::seconds::max();
  auto password =
      ask(terminal, prompt, forever ? Clock::time_point::max() : Clock::now() + patience);
  ::close(terminal);
  return password;
}

Result<std::string> read_new_password(bool from_stdin, const std::string& account) {
  if (from_stdin) return read_line(STDIN_FILENO, nullptr);
  const int terminal = can_ask() ? open_terminal() : -1;
  if (terminal < 0) return no_terminal();
  auto password = ask_twice(terminal, account);
  ::close(terminal);
  return password;
}

}  // namespace restante::console
