// Sessions: who has a view, and what he sees of it.
#include "maildrop/log/maildrop.h"

namespace restante::maildrop::log {

void Maildrop::end_session(View view) {
  const std::lock_guard guard(mutex_);
  locks_.end(*log_, view);
}

Snapshot Maildrop::snapshot_of(View view) const {
  const auto& messages = views_.at(view).messages;
  return {log_, messages, messages->count(), messages->octets(), loads_};
}

/// The view as it is, when nobody can have appended since we looked. mutex_ is held.
std::optional<Snapshot> Maildrop::warm_snapshot(View view) {
  if (!views_.contains(view) || is_behind_) return std::nullopt;
  if (!appending_) {
    const auto status = log_->file().status();
    if (!status || status->links == 0) return std::nullopt;
    if (status->size != end_ && !log_->is_poisoned()) return std::nullopt;
  }
  return snapshot_of(view);
}

Result<Snapshot> Maildrop::current(View view) {
  {
    const std::lock_guard guard(mutex_);
    if (auto warm = warm_snapshot(view)) return std::move(*warm);
  }
  const std::lock_guard guard(append_mutex_);
  RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
  RESTANTE_CHECKED(load_view(view));
  const std::lock_guard reading(mutex_);
  return snapshot_of(view);
}

Result<Snapshot> Maildrop::begin_session(View view) {
  RESTANTE_CHECKED(load_once(Creation::kIfAbsent));
  Status locked = ok();
  bool is_ours = false;
  {
    const std::lock_guard guard(mutex_);
    is_ours = locks_.is_open(view);
    locked = locks_.begin(*log_, view);
  }
  if (!locked && locked.error().code == Errc::kBusy && !is_ours) {
    // Upkeep takes the views for a moment, here or in another process, always under the append
    // lock: behind it, who still has the view is a session.
    const std::lock_guard guard(append_mutex_);
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
    const std::lock_guard reading(mutex_);
    locked = locks_.begin(*log_, view);
  }
  RESTANTE_CHECKED(locked);
  // Locked first, looked second: so this sees what the view's last session deleted.
  auto snapshot = current(view);
  bool lost = false;
  {
    const std::lock_guard guard(mutex_);
    lost = locks_.is_lost(view);
  }
  if (!snapshot || lost) end_session(view);
  if (lost) return Error(Errc::kBusy, "a session has it: " + account_);
  return snapshot;
}

std::optional<Result<Snapshot>> Maildrop::begin_session_cached(View view) {
  const std::lock_guard guard(mutex_);
  if (!log_) return std::nullopt;
  const bool is_ours = locks_.is_open(view);
  if (Status locked = locks_.begin(*log_, view); !locked) {
    if (locked.error().code == Errc::kBusy && !is_ours) return std::nullopt;
    return Result<Snapshot>(std::move(locked).error());
  }
  auto warm = warm_snapshot(view);
  if (warm) return Result<Snapshot>(std::move(*warm));
  locks_.end(*log_, view);
  return std::nullopt;
}

}  // namespace restante::maildrop::log
