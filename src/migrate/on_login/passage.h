// How a user of the old server comes over at a login: the order of the questions to the old server
// and to the store, and the answers to the user. A state machine: it decides, its driver acts and
// reports the outcome. Pure: no clock, no connection, no store, no password.
//
// Invariants:
// - The old server is asked only for a name of a listed domain that is not here and never was, by
//   an attempt that the limits let through, and never for more names at once than the bound.
// - Nothing is made before the old server has said that the password is right.
// - Mail is taken here (the route turns) only once all that was listed has been moved; what came to
//   the old server meanwhile is fetched afterwards. Messages are known by their unique ids, so what
//   arrives on both sides is there once.
// - A name is moved by one at a time, however many of its sessions wait.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

namespace restante::migrate {

/// What is known here of the name of a login, in its canonical form.
struct Standing {
  bool is_listed = false;      ///< Its domain is one of [migrate].
  bool is_here = false;        ///< It is an account, of any back end.
  bool is_coming = false;      ///< It is one that was made by a passage which has not ended.
  bool was_ever_here = false;  ///< It is disabled, or was removed or purged.
};

/// The old server's answer to a name and a password.
enum class OldVerdict : std::uint8_t {
  kRight,
  kWrong,
  kNoAnswer,  ///< It is down, busy, or its certificate is not believed.
};

/// The driver's next step, and the call by which it reports back.
enum class Act : std::uint8_t {
  kLogIn,        ///< Go on as with every login: it succeeds or fails by the accounts here. The end.
  kAskOld,       ///< Then old_says().
  kMakeAccount,  ///< With the password's hash, marked as coming. Then account_made().
  kMove,         ///< All that the old server lists. Then moved(), or time_is_up().
  kTurnRoute,    ///< New mail is for here from now on. Then route_turned().
  kMoveRest,     ///< Move the mail that came to the old server meanwhile; the mark goes. Then
                 ///< moved().
  kFail,         ///< The password is wrong: a failed login like others. The end.
  kTryAgain,     ///< "[SYS/TEMP]": nothing is known of the password. The end.
  kBeingMoved,   ///< "[SYS/TEMP]" in words of its own: the move goes on without this session.
};

/// The names that come over now, of all sessions. Callable from any thread.
class Crossings {
 public:
  struct Bounds {
    std::size_t checks = 0;  ///< Questions to the old server at a time.
    std::size_t moves = 0;   ///< Moves at a time.
  };
  explicit Crossings(Bounds bounds) : bounds_(bounds) {}

  enum class Place : std::uint8_t {
    kTaken,   ///< It is the caller's, to be given back.
    kOthers,  ///< Another login moves this name.
    kNone,    ///< The bound is reached.
  };
  /// Two checks of a name at a time would be two guesses.
  Place begin_check(const std::string& name) { return begin(name, kCheck, bounds_.checks); }
  void end_check(const std::string& name) { end(name, kCheck); }
  Place begin_move(const std::string& name) { return begin(name, kMove, bounds_.moves); }
  void end_move(const std::string& name) { end(name, kMove); }

 private:
  enum Kind : std::uint8_t { kCheck, kMove };

  Place begin(const std::string& name, Kind kind, std::size_t bound);
  void end(const std::string& name, Kind kind);

  const Bounds bounds_;
  std::mutex mutex_;
  std::array<std::unordered_set<std::string>, 2> counts_;  // The names, by Kind.
};

/// One login of one name. Used by one thread at a time; at its end, and when it is destroyed, it
/// gives back what it has taken of `crossings`.
class Passage {
 public:
  /// Nothing is owned.
  Passage(Crossings& crossings, std::string name, Standing standing);
  ~Passage();
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  /// The limits have let the attempt through. kLogIn, kAskOld, kTryAgain, or, of a name that is
  /// coming and whose password was right here, kMove or kBeingMoved.
  Act begin();
  Act old_says(OldVerdict verdict);
  enum class Made : std::uint8_t {
    kNow,
    kBefore,   ///< Another session of the name was first.
    kRefused,  ///< The name was here once, or may not be one here.
    kFailed,   ///< Accounts cannot be written.
  };
  Act account_made(Made made);
  /// All of it, or not.
  Act moved(bool well);
  /// The session has waited as long as it may; the move goes on, and is the driver's: it calls
  /// moved() and so on without a session, until an end.
  Act time_is_up();
  Act route_turned(bool well);

 private:
  enum class State : std::uint8_t { kNew, kAsking, kMaking, kMoving, kTurning, kResting, kOver };

  Act begin_move();
  Act end(Act act);

  Crossings& crossings_;
  const std::string name_;
  const Standing standing_;
  State state_ = State::kNew;
  bool has_check_ = false;
  bool has_move_ = false;
  bool is_told_ = false;  // The session is gone.
};

}  // namespace restante::migrate
