#include "migrate/on_login/passage.h"

#include <utility>

#include "base/check.h"

namespace restante::migrate {

Crossings::Place Crossings::begin(const std::string& name, Kind kind, std::size_t bound) {
  const std::lock_guard lock(mutex_);
  auto& names = counts_[kind];
  // Two moves of one name at once would each find the other's mail missing.
  if (names.contains(name)) return Place::kOthers;
  if (names.size() >= bound) return Place::kNone;
  names.insert(name);
  return Place::kTaken;
}

void Crossings::end(const std::string& name, Kind kind) {
  const std::lock_guard lock(mutex_);
  RESTANTE_CHECK(counts_[kind].erase(name) == 1);
}

Passage::Passage(Crossings& crossings, std::string name, Standing standing)
    : crossings_(crossings), name_(std::move(name)), standing_(standing) {}

// A session that breaks off must not keep the name taken: nothing else would give it back.
Passage::~Passage() { static_cast<void>(end(Act::kTryAgain)); }

Act Passage::begin() {
  RESTANTE_CHECK(state_ == State::kNew);
  if (standing_.is_coming) return begin_move();
  // A name that was here once is never made again: its mail and its ids belonged to an earlier
  // user.
  if (!standing_.is_listed || standing_.is_here || standing_.was_ever_here) return end(Act::kLogIn);
  has_check_ = crossings_.begin_check(name_) == Crossings::Place::kTaken;
  if (!has_check_) return end(Act::kTryAgain);
  state_ = State::kAsking;
  return Act::kAskOld;
}

Act Passage::old_says(OldVerdict verdict) {
  RESTANTE_CHECK(state_ == State::kAsking);
  crossings_.end_check(name_);
  has_check_ = false;
  // Only a wrong password may look like one: after an outage the client tries again.
  if (verdict == OldVerdict::kWrong) return end(Act::kFail);
  if (verdict == OldVerdict::kNoAnswer) return end(Act::kTryAgain);
  state_ = State::kMaking;
  return Act::kMakeAccount;
}

Act Passage::account_made(Made made) {
  RESTANTE_CHECK(state_ == State::kMaking);
  switch (made) {
    case Made::kNow:
    case Made::kBefore: return begin_move();
    case Made::kRefused: return end(Act::kFail);
    case Made::kFailed: break;
  }
  return end(Act::kTryAgain);
}

Act Passage::begin_move() {
  has_move_ = crossings_.begin_move(name_) == Crossings::Place::kTaken;
  // Another login moves it, or too many are moved: the account is made, and a later login goes on.
  if (!has_move_) return end(Act::kBeingMoved);
  state_ = State::kMoving;
  return Act::kMove;
}

Act Passage::moved(bool well) {
  RESTANTE_CHECK(state_ == State::kMoving || state_ == State::kResting);
  // The mark stays: the next login goes on where this one has ended.
  if (!well) return end(Act::kBeingMoved);
  if (state_ == State::kResting) return end(Act::kLogIn);
  state_ = State::kTurning;
  return Act::kTurnRoute;
}

Act Passage::route_turned(bool well) {
  RESTANTE_CHECK(state_ == State::kTurning);
  if (!well) return end(Act::kBeingMoved);
  state_ = State::kResting;
  return Act::kMoveRest;
}

Act Passage::time_is_up() {
  RESTANTE_CHECK(has_move_ && !is_told_);
  is_told_ = true;
  return Act::kBeingMoved;
}

/// A session that was told already is not told again.
Act Passage::end(Act act) {
  if (std::exchange(has_check_, false)) crossings_.end_check(name_);
  if (std::exchange(has_move_, false)) crossings_.end_move(name_);
  state_ = State::kOver;
  return is_told_ ? Act::kBeingMoved : act;
}

}  // namespace restante::migrate
