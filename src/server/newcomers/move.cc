#include "server/newcomers/move.h"

namespace restante::server {

using migrate::Act;

bool is_end(Act act) {
  switch (act) {
    case Act::kLogIn:
    case Act::kFail:
    case Act::kTryAgain:
    case Act::kBeingMoved: return true;
    case Act::kAskOld:
    case Act::kMakeAccount:
    case Act::kMove:
    case Act::kTurnRoute:
    case Act::kMoveRest: break;
  }
  return false;
}

Act Move::note(Act act) {
  if (is_end(act)) end_ = act;
  return act;
}

Act Move::moved(bool well) {
  const std::lock_guard lock(mutex_);
  return note(passage_->moved(well));
}

Act Move::route_turned(bool well) {
  const std::lock_guard lock(mutex_);
  return note(passage_->route_turned(well));
}

std::optional<Act> Move::ended() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

Act Move::leave() {
  const std::lock_guard lock(mutex_);
  return end_ ? *end_ : passage_->time_is_up();
}

}  // namespace restante::server
