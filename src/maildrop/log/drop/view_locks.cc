#include "maildrop/log/drop/view_locks.h"

namespace restante::maildrop::log {

/// Both the flag, for this process, and the lock, for the others.
Status ViewLocks::begin(const LogFile& log, View view) {
  if (holds_ || open_.contains(view))
    return Error(Errc::kBusy, "a session has it: " + log.header().account);
  RESTANTE_CHECKED(log.file().try_lock(view_lock_at(view), 1));
  open_.insert(view);
  return ok();
}

void ViewLocks::end(const LogFile& log, View view) {
  open_.erase(view);
  lost_.erase(view);
  if (holds_) {
    // Given back with the rest: until then another process must not begin a session.
    ended_.insert(view);
  } else {
    log.file().unlock(view_lock_at(view), 1);
  }
}

Status ViewLocks::hold(const LogFile& log) {
  if (!lost_.empty()) return Error(Errc::kBusy, "another process has a session");
  std::uint64_t from = kViewLocksAt;
  // Around the views of sessions here: their locks, of the same open file, would be taken in, and
  // be lost when these are given back.
  const auto hold_to = [&](std::uint64_t to) {
    Status held = from < to ? log.file().try_lock(from, to - from) : ok();
    if (held && from < to) held_.emplace_back(from, to - from);
    from = to + 1;
    return held;
  };
  Status held = ok();
  for (const View view : open_)
    if (held) held = hold_to(view_lock_at(view));
  if (held) held = hold_to(kViewLocksEnd);
  if (held) {
    holds_ = true;
    return held;
  }
  for (const auto& [offset, bytes] : held_) log.file().unlock(offset, bytes);
  held_.clear();
  return held;
}

/// On a new file there is nothing to give back but what sessions had that ended meanwhile.
void ViewLocks::release(const LogFile& log) {
  for (const auto& [offset, bytes] : held_) log.file().unlock(offset, bytes);
  for (const View view : ended_) log.file().unlock(view_lock_at(view), 1);
  held_.clear();
  ended_.clear();
  holds_ = false;
}

Status ViewLocks::take_in(disk::File& next) {
  for (const View view : open_) RESTANTE_CHECKED(next.try_lock(view_lock_at(view), 1));
  return ok();
}

void ViewLocks::move_to(const LogFile& log) {
  lost_.clear();
  for (const View view : open_)
    if (!log.file().try_lock(view_lock_at(view), 1)) lost_.insert(view);
}

}  // namespace restante::maildrop::log
