// The progress of a long work, and its pace where it must leave the disk to others.
#pragma once

#include <cstdint>
#include <string>

#include "console/progress.h"
#include "maildrop/store.h"

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

class Progress {
 public:
  Progress(std::string title, const console::Output& out, std::uint64_t bytes_per_second = 0)
      : shown_(std::move(title), out, "restantectl"), limit_(bytes_per_second) {}

  void set_total(std::uint64_t bytes) { shown_.set_total(bytes); }
  /// Counts the bytes and waits, if the rate asks for it.
  void add(std::uint64_t bytes);
  /// add() for the store and the backup; not to outlive this.
  maildrop::Pace pace();
  void finish() { shown_.take_away(); }

 private:
  console::Progress shown_;
  RateLimit limit_;
};

}  // namespace restante::ctl
