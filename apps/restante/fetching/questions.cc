#include "restante/fetching/questions.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/ascii.h"
#include "console/harmless.h"
#include "console/password_input.h"
#include "files/descriptor.h"

namespace restante::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kQuestionStep{500};  // How soon a thread that waits for another sees a stop.
constexpr std::size_t kAnswerMax = 1000;

Error stopped() { return Error(Errc::kState, "stopped"); }

/// The terminal that we belong to when stdin is that one, also with the rest redirected; else stdin
/// and stderr.
class Terminal {
 public:
  Terminal() {
    if (::tcgetpgrp(STDIN_FILENO) < 0) return;
    opened_ = files::Descriptor(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (opened_.is_open()) ::tcflush(opened_.number(), TCIFLUSH);
  }
  [[nodiscard]] int input() const { return opened_.is_open() ? opened_.number() : STDIN_FILENO; }
  void show(std::string_view text) const {
    const int output = opened_.is_open() ? opened_.number() : STDERR_FILENO;
    while (!text.empty()) {
      const ssize_t count = ::write(output, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  files::Descriptor opened_;
};

/// Reads one answer, piece by piece.
class Reader {
 public:
  explicit Reader(int input) : input_(input) {}

  /// True: the line is whole, or the input has ended.
  bool take() {
    char c = '\0';
    const ssize_t count = ::read(input_, &c, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (count <= 0 || c == '\n') return true;
    if (line_.size() < kAnswerMax) line_ += c;
    return false;
  }
  [[nodiscard]] bool is_yes() const {
    const std::string answer = to_lower(trim(line_));
    return answer == "y" || answer == "yes";
  }

 private:
  const int input_;
  std::string line_;
};

}  // namespace

Status Questions::await_turn(std::unique_lock<std::timed_mutex>& turn, const net::StopSignal& stop,
                             const std::function<Status()>& tick) {
  auto ticked = Clock::now();
  while (!turn.try_lock_for(std::min(kQuestionStep, times_.tick))) {
    if (stop.raised()) return stopped();
    if (!tick || Clock::now() - ticked < times_.tick) continue;
    ticked = Clock::now();
    RESTANTE_CHECKED(tick());
  }
  return stop.raised() ? Status(stopped()) : ok();
}

Result<Questions::Answer> Questions::agrees(const std::string& text, const std::string& question,
                                            const net::StopSignal& stop,
                                            const std::function<Status()>& tick) {
  std::unique_lock turn(turn_, std::defer_lock);
  RESTANTE_CHECKED(await_turn(turn, stop, tick));
  const ProgressBoard::Hush hush(board_);
  const Terminal terminal;
  terminal.show(console::harmless(text) + console::harmless_line(question) + " [y/N] ");
  Reader reader(terminal.input());
  const auto end = Clock::now() + times_.patience;
  auto next = Clock::now() + times_.tick;
  for (;;) {
    const auto now = Clock::now();
    if (now >= end) {
      terminal.show("\nnobody has answered\n");
      return Answer::kNobody;
    }
    if (now >= next) {
      next = now + times_.tick;
      const Status ticked = tick ? tick() : ok();
      if (!ticked) {
        terminal.show("\n");
        return ticked.error();
      }
    }
    const auto left = std::chrono::ceil<milliseconds>(std::min(end, next) - Clock::now());
    std::array<pollfd, 2> waiting{{{terminal.input(), POLLIN, 0}, {stop.descriptor(), POLLIN, 0}}};
    const int count = ::poll(waiting.data(), waiting.size(),
                             static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (stop.raised()) {
      terminal.show("\n");
      return stopped();
    }
    if (count > 0 && waiting[0].revents != 0 && reader.take())
      return reader.is_yes() ? Answer::kYes : Answer::kNo;
  }
}

Result<SecretString> Questions::password(const std::string& prompt, const net::StopSignal& stop) {
  std::unique_lock turn(turn_, std::defer_lock);
  RESTANTE_CHECKED(await_turn(turn, stop, {}));
  if (const auto known = typed_.find(prompt); known != typed_.end()) return known->second;
  const ProgressBoard::Hush hush(board_);
  RESTANTE_TRY(std::string typed, console::ask_password(prompt, times_.patience));
  SecretString secret(typed);
  wipe(typed);
  typed_.insert_or_assign(prompt, secret);
  return secret;
}

void Questions::forget() {
  const std::lock_guard lock(turn_);
  typed_.clear();
}

}  // namespace restante::cli
