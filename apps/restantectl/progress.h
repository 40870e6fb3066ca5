// How far a long work is: a bar with rate and remaining time on a terminal, else a plain line now
// and then. And the pace that such a work keeps, when it is to leave the disk to others.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "console/meter.h"
#include "maildrop/store.h"
#include "restantectl/output.h"

namespace restante::ctl {

using console::TimePoint;

/// When the next bytes may be read so that no more than `bytes_per_second` are.
class RateLimit {
 public:
  /// 0: no limit.
  explicit RateLimit(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  /// After `bytes` were read now.
  TimePoint next(std::uint64_t bytes, TimePoint now);

 private:
  const std::uint64_t rate_;
  TimePoint free_{};
};

/// Draws on stderr; takes the bar away when it ends.
class Progress {
 public:
  /// In JSON mode nothing is said off a terminal.
  Progress(std::string title, const Output& out, std::uint64_t bytes_per_second = 0);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set_total(std::uint64_t bytes) { meter_.set_total(bytes); }
  /// Counts the bytes and waits, if the rate asks for it.
  void add(std::uint64_t bytes);
  /// add() for the store and the backup; not to outlive this.
  maildrop::Pace pace();
  void finish();

 private:
  void draw(TimePoint now);

  const std::string title_;
  const bool quiet_;
  const bool terminal_;
  console::Meter meter_;
  RateLimit limit_;
  TimePoint drawn_;
  bool shown_ = false;
};

}  // namespace restante::ctl
