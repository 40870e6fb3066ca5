// One account on its way here: its mover, on a thread of its own, and the login that waits for it
// and may leave. What comes next the passage decides; here is only its lock.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/secret_string.h"
#include "migrate/on_login/passage.h"
#include "server/elsewhere/homes.h"

namespace restante::server {

/// Whose mail comes, and from where.
struct Traveller {
  std::string account;  ///< The maildrop's name.
  std::string called;   ///< Here and there.
  FarServer* server = nullptr;
  SecretString password{};
};

/// Callable from any thread.
class Move {
 public:
  /// `passage` has said Act::kMove.
  Move(Traveller who, std::unique_ptr<migrate::Passage> passage)
      : who_(std::move(who)), passage_(std::move(passage)) {}

  [[nodiscard]] const Traveller& who() const { return who_; }

  /// The mover's: as Passage. Behind an end there is nothing more to be said.
  migrate::Act moved(bool well);
  migrate::Act route_turned(bool well);

  /// The login's. nullopt: it goes on.
  [[nodiscard]] std::optional<migrate::Act> ended() const;
  /// It waits no longer: what it is told.
  migrate::Act leave();

 private:
  migrate::Act note(migrate::Act act);

  const Traveller who_;
  mutable std::mutex mutex_;  ///< Guards everything below.
  std::unique_ptr<migrate::Passage> passage_;
  std::optional<migrate::Act> end_;
};

/// Whether nothing comes behind it.
bool is_end(migrate::Act act);

}  // namespace restante::server
