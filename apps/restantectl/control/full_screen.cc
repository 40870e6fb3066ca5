#include "restantectl/control/full_screen.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "files/errors.h"

namespace restante::ctl {
namespace {

constexpr std::string_view kBegin = "\x1b[?1049h\x1b[?25l";  // Another page, without a cursor.
constexpr std::string_view kFinish = "\x1b[?25h\x1b[?1049l";

termios before;  // Of the terminal; there is one.

sigset_t our_signals() {
  sigset_t ours{};
  ::sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH})
    ::sigaddset(&ours, signal);
  return ours;
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<FullScreen> FullScreen::open() {
  if (::tcgetattr(STDIN_FILENO, &before) != 0) return files::io_error("terminal", errno);
  const sigset_t ours = our_signals();
  files::Descriptor signals(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.is_open()) return files::io_error("signals", errno);
  ::sigprocmask(SIG_BLOCK, &ours, nullptr);
  FullScreen out(std::move(signals));
  out.enter();
  return out;
}

FullScreen::FullScreen(FullScreen&& other) noexcept
    : signals_(std::move(other.signals_)), is_entered_(std::exchange(other.is_entered_, false)) {}

FullScreen::~FullScreen() {
  if (!signals_.is_open()) return;
  leave();
  const sigset_t ours = our_signals();
  ::sigprocmask(SIG_UNBLOCK, &ours, nullptr);
}

void FullScreen::enter() {
  termios ours = before;
  ours.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  ours.c_cc[VMIN] = 0;
  ours.c_cc[VTIME] = 0;
  is_entered_ = true;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &ours);
  write_all(kBegin);
}

void FullScreen::leave() {
  if (!std::exchange(is_entered_, false)) return;
  write_all(kFinish);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

ScreenSize FullScreen::size() {
  winsize found{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0)
    return {};
  return {found.ws_row, found.ws_col};
}

bool FullScreen::show(std::string_view text) const { return write_all(text); }

FullScreen::Event FullScreen::wait(std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Event::kTime;
    std::array<pollfd, 2> looks{{{STDIN_FILENO, POLLIN, 0}, {signals_.number(), POLLIN, 0}}};
    if (::poll(looks.data(), looks.size(), static_cast<int>(left.count())) < 0) continue;
    if (looks[1].revents != 0) {
      const Event event = heed_signal();
      if (event != Event::kTime) return event;
    }
    if (looks[0].revents == 0) continue;
    char key = 0;
    const ssize_t got = ::read(STDIN_FILENO, &key, 1);
    if (got <= 0 || key == 'q' || key == 'Q') return Event::kEnd;
  }
}

/// kTime: it was nothing.
FullScreen::Event FullScreen::heed_signal() {
  signalfd_siginfo info{};
  if (::read(signals_.number(), &info, sizeof info) != sizeof info) return Event::kTime;
  if (info.ssi_signo == SIGWINCH) return Event::kRedraw;
  if (info.ssi_signo != SIGTSTP) return Event::kEnd;
  leave();
  ::kill(::getpid(), SIGSTOP);  // It goes on after a SIGCONT.
  enter();
  return Event::kRedraw;
}

}  // namespace restante::ctl
