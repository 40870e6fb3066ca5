#include "restante/fetching/progress_board.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "base/numbers.h"
#include "console/terminal.h"

namespace restante::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kLineEvery{30};

std::string_view to_text(fetch::Phase phase) {
  switch (phase) {
    case fetch::Phase::kConnecting: return "connecting";
    case fetch::Phase::kListing: return "listing";
    case fetch::Phase::kComparing: return "comparing";
    case fetch::Phase::kFetching: return "fetching";
    case fetch::Phase::kDeleting: return "deleting on the server";
    case fetch::Phase::kScanning: return "scanning";
    case fetch::Phase::kHandingOn: return "handing on";
  }
  return "";
}

}  // namespace

std::string render_row(const BoardRow& row, std::size_t columns) {
  const bool fetching = row.phase == fetch::Phase::kFetching && !row.finished;
  if (!fetching) {
    const std::string_view state = row.finished ? "done" : to_text(row.phase);
    std::string line = fmt::format("{}  {}", row.title, state);
    if (row.messages_done > 0)
      line += fmt::format("  {} of {}", row.messages_done, counted(row.messages_total, "message"));
    return line.substr(0, columns);
  }
  const std::string title =
      fmt::format("{}  {}/{}", row.title, row.messages_done, row.messages_total);
  return console::render_bar(title, row.meter, columns);
}

std::string render_line(const BoardRow& row) {
  std::string line = fmt::format("{}  {}", row.title, to_text(row.phase));
  if (row.messages_total > 0)
    line += fmt::format("  {} of {}", row.messages_done, counted(row.messages_total, "message"));
  return line;
}

class ProgressBoard::Row : public fetch::Observer {
 public:
  Row(ProgressBoard& board, const std::string& title)
      : board_(board), state_(title, steady_clock::now()) {}

  void entered(fetch::Phase phase) override {
    const std::lock_guard lock(board_.mutex_);
    state_.phase = phase;
    board_.draw(true);
  }
  void planned(std::uint64_t messages, std::uint64_t octets) override {
    const std::lock_guard lock(board_.mutex_);
    state_.messages_total = state_.messages_done + messages;
    state_.meter.set_total(state_.meter.done() + octets);
    board_.draw(true);
  }
  void received(std::uint64_t octets) override {
    const std::lock_guard lock(board_.mutex_);
    state_.meter.add(octets, steady_clock::now());
    board_.draw(false);
  }
  void settled(fetch::Outcome /*outcome*/) override {
    const std::lock_guard lock(board_.mutex_);
    ++state_.messages_done;
    board_.draw(false);
  }
  void finish() {
    const std::lock_guard lock(board_.mutex_);
    state_.finished = true;
    board_.draw(true);
  }
  [[nodiscard]] const BoardRow& state() const { return state_; }

 private:
  ProgressBoard& board_;
  BoardRow state_;  // Guarded by the board's mutex.
};

ProgressBoard::ProgressBoard(Show show) : show_(show) {}

ProgressBoard::~ProgressBoard() { take_away(); }

fetch::Observer& ProgressBoard::add(const std::string& title) {
  const std::lock_guard lock(mutex_);
  return *rows_.emplace_back(std::make_unique<Row>(*this, title));
}

void ProgressBoard::finish(fetch::Observer& row) { static_cast<Row&>(row).finish(); }

void ProgressBoard::draw(bool now_at_once) {
  if (show_ == Show::kNothing || hushed_ > 0) return;
  const auto now = steady_clock::now();
  if (show_ == Show::kLines) {
    if (drawn_ == console::TimePoint{}) drawn_ = now;
    if (now - drawn_ < kLineEvery) return;
    drawn_ = now;
    for (const auto& row : rows_)
      if (!row->state().finished)
        std::cerr << "restante: " << render_line(row->state()) << std::endl;
    return;
  }
  if (!now_at_once && now - drawn_ < kRedraw) return;
  drawn_ = now;
  std::string text = lines_shown_ > 0 ? fmt::format("\x1B[{}A\r", lines_shown_) : "\r";
  // One column stays free: some terminals wrap at the last.
  for (const auto& row : rows_)
    text += render_row(row->state(), console::terminal_columns() - 1) + "\x1B[K\n";
  lines_shown_ = rows_.size();
  std::cerr << text << std::flush;
}

void ProgressBoard::take_away() {
  const std::lock_guard lock(mutex_);
  remove_bars();
}

void ProgressBoard::hush(bool begins) {
  const std::lock_guard lock(mutex_);
  if (begins) remove_bars();
  hushed_ += begins ? 1 : -1;
  if (!begins) draw(true);
}

void ProgressBoard::remove_bars() {
  if (lines_shown_ > 0) std::cerr << fmt::format("\x1B[{}A\r\x1B[J", lines_shown_) << std::flush;
  lines_shown_ = 0;
}

ProgressBoard::Show ProgressBoard::fitting(bool quiet) {
  if (quiet) return Show::kNothing;
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  if (::isatty(STDERR_FILENO) != 1) return Show::kNothing;
  return dumb ? Show::kLines : Show::kBars;
}

}  // namespace restante::cli
