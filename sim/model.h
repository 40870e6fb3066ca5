// What one maildrop must hold, said as simply as possible: the reference that the store is compared
// with. A maildrop is a set of possible worlds, one after every acknowledged step and more after a
// step whose answer was not heard; each observation leaves the worlds that agree with it.
//
// Knows nothing of files, processes and faults: the driver says what was answered, and when the
// machine lost its power.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"

namespace restante::sim {

using MessageId = std::size_t;  ///< The place in Model::messages.

/// The unchanging facts of a message, and those that damage made uncertain.
struct MessageFacts {
  std::string wire;
  WallTime arrived{};                   ///< Different for each message: by this it is recognized.
  std::optional<std::string> imported;  ///< The unique id that it came with.
  std::string uid;                      ///< Empty: not learnt yet.
  std::uint64_t sequence = 0;           ///< 0: not learnt yet.
  std::optional<WallTime> retrieved;    ///< The first QUIT that said so.
  WallTime deleted_first{};  ///< The first and the last moment at which it can have been.
  WallTime deleted_last{};
  bool reclaimable = false;  ///< Its bytes may be gone, being deleted.
  bool hit = false;          ///< Its record was damaged: it may be missing or unreadable.
  bool loose = false;        ///< Damage hit what deleted or restored it: here or not.
  bool synced = false;       ///< By a sync after its delivery ended, before one that failed.
};

enum class Presence : std::uint8_t { kNever, kHere, kDeleted };
/// By MessageId; what lies behind the end never was.
using World = std::vector<Presence>;
Presence presence_in(const World& world, MessageId id);

/// One step, in force for all of these messages or for none.
struct Change {
  enum class Kind : std::uint8_t { kDeliver, kDelete, kRestore };
  Kind kind = Kind::kDeliver;
  std::vector<MessageId> ids;
  /// Refused with others, and cut off the log again, which a power loss may undo for some sectors:
  /// any part of it may be left, and whole messages behind it.
  bool in_pieces = false;
};

/// What a listing showed. A session shows only what is here.
struct Observation {
  std::set<MessageId> here;
  std::set<MessageId> deleted;
  bool shows_deleted = false;
};

class Model {
 public:
  std::vector<MessageFacts> messages;
  std::map<std::string, MessageId> uids;  ///< Every uid ever given out.

  MessageId add(MessageFacts facts);

  /// Answered with success: in force in every world. A step in doubt that is not seen by now cannot
  /// come back, since a sync came after it.
  void acknowledge(const Change& change);
  // Refused without a doubt: there is nothing to tell the model.
  /// Refused after a write or sync that failed: not in force, unless a power loss makes it so.
  void refuse_in_doubt(const Change& change) { unsettled_.push_back(change); }
  /// The answer was not heard: in force or not.
  void leave_open(const Change& change);
  /// `leaves_piece`: of a step that was cut short, something lies at the end of the log.
  void lose_power(bool leaves_piece);
  /// From now on nothing is known of it: in force or not, now so, now otherwise.
  void loosen(const Change& change);
  /// A sync of any process failed: unacknowledged changes may be seen, and vanish later.
  void lose_sync();
  /// A sync went well: what there is of deliveries in doubt will last.
  void settle();

  /// Keeps the worlds in which this can be seen. False: there is none.
  [[nodiscard]] bool observe(const Observation& seen);

  /// The same for what an undeletion brought back, `restored`, of those that it was to bring back.
  [[nodiscard]] bool observe_restored(const std::set<MessageId>& restored,
                                      const std::vector<MessageId>& wanted);
  /// The same for how many messages wait, and their octets. Damage makes that unknown: true.
  [[nodiscard]] bool observe_usage(std::uint64_t count, std::uint64_t octets);

  /// Whether it is so in some world.
  [[nodiscard]] bool may_be(MessageId id, Presence presence) const;
  [[nodiscard]] bool must_be(MessageId id, Presence presence) const;
  [[nodiscard]] bool is_unsure() const;  ///< Damage: the worlds do not tell everything.
  [[nodiscard]] std::optional<MessageId> find(WallTime arrived) const;

  /// Learns or compares the uid and the number of a message. The violation, or nothing.
  [[nodiscard]] std::string learn(MessageId id, const std::string& uid, std::uint64_t sequence);

  [[nodiscard]] const std::set<World>& worlds() const { return worlds_; }
  /// Not in force as far as anybody saw, and a power loss may change that.
  [[nodiscard]] const std::vector<Change>& unsettled() const { return unsettled_; }

 private:
  [[nodiscard]] bool fits(const World& world, const Observation& seen) const;
  void bound();
  template <typename Fits>
  bool keep(Fits fits);

  std::set<World> worlds_ = {World{}};
  std::vector<Change> unsettled_;  // Not in force; a power loss may bring them.
  std::map<WallTime, MessageId> by_arrival_;
};

}  // namespace restante::sim
