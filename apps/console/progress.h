// How far a long work is: a bar with rate and time left on a terminal, else a plain line now and
// then, if the program wants one. On stderr.
#pragma once

#include <cstdint>
#include <string>

#include "console/meter.h"
#include "console/output.h"

namespace restante::console {

class Progress {
 public:
  /// `program` starts the lines off a terminal; empty: none.
  Progress(std::string title, const Output& out, std::string program = "");
  ~Progress() { take_away(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// 0, as at the start: unknown.
  void set_total(std::uint64_t total, Unit unit = Unit::kBytes) { meter_.set_total(total, unit); }
  void add(std::uint64_t bytes);
  /// So that a line can be printed; the bar comes back with a later add().
  void take_away();

 private:
  void draw(TimePoint now);

  const std::string title_;
  const std::string program_;
  const bool bar_;
  const bool lines_;
  WorkMeter meter_;
  TimePoint drawn_;
  bool visible_ = false;
};

}  // namespace restante::console
