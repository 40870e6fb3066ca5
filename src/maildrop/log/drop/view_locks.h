// The locks of a maildrop's views: a session of this process holds one, and upkeep holds all others
// for a moment. Between processes they are byte locks of the log's file; they keep what the same
// process knows besides.
//
// Not thread-safe: the maildrop's mutex_ guards them, together with the file that they are locks
// of.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "maildrop/log/file/log_file.h"

namespace restante::maildrop::log {

class ViewLocks {
 public:
  /// Takes the view for a session. Errors: kBusy: another session has it, or upkeep holds it; kIo.
  Status begin(const LogFile& log, View view);
  /// Gives it back; while upkeep holds the views, release() does that.
  void end(const LogFile& log, View view);

  [[nodiscard]] bool is_open(View view) const { return open_.contains(view); }
  [[nodiscard]] bool has_open() const { return !open_.empty(); }
  /// A session has it here, and another process has it in the file as it is now.
  [[nodiscard]] bool is_lost(View view) const { return lost_.contains(view); }

  /// Holds every view that no session of this process has. No session begins anywhere until
  /// release(), and those of this process stay. The caller holds the append lock. Errors: kBusy: a
  /// session of another process has one; kIo.
  Status hold(const LogFile& log);
  void release(const LogFile& log);

  /// Takes the views of this process's sessions in the file that will be the log, before others can
  /// see it. Errors: kIo.
  Status take_in(disk::File& next);
  /// The log has another file, and the locks went with the old one; no session may begin on that.
  void forget_held() { held_.clear(); }
  /// Others put this file in the log's place, or the log is new to us.
  void move_to(const LogFile& log);

 private:
  std::set<View> open_;
  std::set<View> lost_;   // Of open_.
  bool holds_ = false;    // Sessions wait for the append lock before they begin.
  std::set<View> ended_;  // While held: still ours until the file is the one it will be.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held_;  // Offset, bytes.
};

}  // namespace restante::maildrop::log
