// Sessions: who has a view, and what he sees of it.
#include "maildrop/log/maildrop.h"

namespace restante::maildrop::log {

void Maildrop::end_session(View view) {
  const std::lock_guard guard(mutex_);
  locks_.end(*shown_.log, view);
}

/// The view as it is, when nobody can have appended since we looked. mutex_ is held.
std::optional<Snapshot> Maildrop::warm_snapshot(View view) {
  const auto found = shown_.views.find(view);
  if (found == shown_.views.end() || shown_.is_behind) return std::nullopt;
  if (!shown_.is_appending) {
    const auto status = shown_.log->file().status();
    if (!status || status->links == 0) return std::nullopt;
    if (status->size != shown_.end && !shown_.log->is_poisoned()) return std::nullopt;
  }
  return found->second;
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
  return shown_.views.at(view);
}

Result<Snapshot> Maildrop::begin_session(View view) {
  RESTANTE_CHECKED(load_once(Creation::kIfAbsent));
  Status locked = ok();
  bool is_ours = false;
  {
    const std::lock_guard guard(mutex_);
    is_ours = locks_.is_open(view);
    locked = locks_.begin(*shown_.log, view);
  }
  if (!locked && locked.error().code == Errc::kBusy && !is_ours) {
    // Upkeep takes the views for a moment, here or in another process, always under the append
    // lock: behind it, who still has the view is a session.
    const std::lock_guard guard(append_mutex_);
    RESTANTE_TRY(const Turn turn, take_turn(Purpose::kRead, Creation::kIfAbsent));
    const std::lock_guard reading(mutex_);
    locked = locks_.begin(*shown_.log, view);
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
  if (!shown_.log) return std::nullopt;
  const bool is_ours = locks_.is_open(view);
  if (Status locked = locks_.begin(*shown_.log, view); !locked) {
    if (locked.error().code == Errc::kBusy && !is_ours) return std::nullopt;
    return Result<Snapshot>(std::move(locked).error());
  }
  auto warm = warm_snapshot(view);
  if (warm) return Result<Snapshot>(std::move(*warm));
  locks_.end(*shown_.log, view);
  return std::nullopt;
}

}  // namespace restante::maildrop::log
