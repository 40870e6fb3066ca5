// How far a long work on the archive is: a bar with rate and time left on a terminal, nothing
// elsewhere.
#pragma once

#include <cstdint>
#include <string>

#include "console/meter.h"
#include "restante/output.h"

namespace restante::cli {

/// Draws on stderr, and takes the bar away when it ends.
class WorkProgress {
 public:
  WorkProgress(std::string title, const Output& out, std::uint64_t total_bytes);
  ~WorkProgress() { take_away(); }
  WorkProgress(const WorkProgress&) = delete;
  WorkProgress& operator=(const WorkProgress&) = delete;

  void add(std::uint64_t bytes);
  /// So that a line can be printed; the bar comes back with the next add().
  void take_away();

 private:
  const std::string title_;
  const bool shown_;
  console::Meter meter_;
  console::TimePoint drawn_;
  bool visible_ = false;
};

}  // namespace restante::cli
