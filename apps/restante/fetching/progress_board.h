// How far several accounts are, at once: on a terminal a bar for each, redrawn in place; on one
// that cannot do that a plain line for each now and then. Its rows may be told from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "console/meter.h"
#include "fetch/run/observer.h"

namespace restante::cli {

/// What one row shows. Pure.
struct BoardRow {
  BoardRow(std::string name, console::TimePoint start) : title(std::move(name)), meter(start) {}

  std::string title;
  fetch::Phase phase = fetch::Phase::kConnecting;
  std::uint64_t messages_done = 0;
  std::uint64_t messages_total = 0;
  console::WorkMeter meter;
  bool finished = false;
};

/// One line of at most `columns` columns.
std::string render_row(const BoardRow& row, std::size_t columns);
/// The same in words, for where no bar can be drawn.
std::string render_line(const BoardRow& row);

class ProgressBoard {
 public:
  enum class Show : std::uint8_t { kNothing, kLines, kBars };

  /// Lines and bars go to stderr.
  explicit ProgressBoard(Show show);
  ~ProgressBoard();
  ProgressBoard(const ProgressBoard&) = delete;
  ProgressBoard& operator=(const ProgressBoard&) = delete;

  /// The observer of a new row; lives as long as this.
  fetch::Observer& add(const std::string& title);
  void finish(fetch::Observer& row);
  /// Takes the bars away; to be called before something else is printed.
  void take_away();

  /// The bars are away as long as this lives, although rows change: for questions.
  class Hush {
   public:
    explicit Hush(ProgressBoard& board) : board_(board) { board_.hush(true); }
    ~Hush() { board_.hush(false); }
    Hush(const Hush&) = delete;
    Hush& operator=(const Hush&) = delete;

   private:
    ProgressBoard& board_;
  };

  /// Bars when stderr is a terminal that can, lines when it is one that cannot, nothing elsewhere
  /// and when `quiet`.
  static Show fitting(bool quiet);

 private:
  class Row;
  void draw(bool now_at_once);
  void hush(bool begins);
  void remove_bars();

  const Show show_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Row>> rows_;
  console::TimePoint drawn_{};
  std::size_t lines_shown_ = 0;
  int hushed_ = 0;  // How many Hush objects live.
};

}  // namespace restante::cli
