// What one maildrop must hold, said as simply as possible: the reference that the store is compared
// with. A maildrop is a set of possible worlds, one after every acknowledged step and more after a
// step whose answer was not heard; each observation leaves the worlds that agree with it.
//
// Knows nothing of files, processes and faults: the driver says what was answered, and when the
// machine lost its power.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sim/world.h"

namespace restante::sim {

/// The unchanging facts of a message, and those that damage made uncertain.
struct MessageFacts {
  std::string wire;
  WallTime arrived{};                   ///< Different for each message: by this it is recognized.
  std::optional<std::string> imported;  ///< The unique id that it came with.
  std::string uid;                      ///< Empty: not learnt yet.
  std::uint64_t sequence = 0;           ///< 0: not learnt yet.
  std::map<View, WallTime> retrieved;   ///< By view: the first QUIT that said so.
  std::map<View, Span> deleted;         ///< By view: when, if it has been.
  bool hit = false;     ///< Its record was damaged: it may be missing or unreadable.
  bool loose = false;   ///< Damage hit what deleted or restored it: here or not.
  bool synced = false;  ///< By a sync after its delivery ended, before one that failed.

  [[nodiscard]] Span deleted_from(View view) const {
    const auto at = deleted.find(view);
    return at == deleted.end() ? Span{WallTime{}, WallTime{}} : at->second;
  }
};

/// What a listing showed. A session shows only what is here.
struct Observation {
  std::set<MessageId> here;
  std::set<MessageId> deleted;
  bool shows_deleted = false;
  View view = View::kDefault;
};

/// What is asked of an upkeep, as far as the model has to know it.
struct Reclaiming {
  WallTime now{};
  std::chrono::seconds window{0};
  std::optional<std::chrono::seconds> expire{};  ///< Of views.
  bool trash_purges = false;
};

class Model {
 public:
  std::vector<MessageFacts> messages;
  std::map<std::string, MessageId> uids;  ///< Every uid ever given out.
  /// Damage, or a lost sync, hit what was said of views: only the default one is known.
  bool views_loose = false;

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
                                      const std::vector<MessageId>& wanted,
                                      View view = View::kDefault);
  /// The same for how many messages wait, and their octets. Damage makes that unknown: true.
  [[nodiscard]] bool observe_usage(std::uint64_t count, std::uint64_t octets, WallTime now,
                                   std::optional<std::chrono::seconds> expire);
  /// The same for a session of the trash, of what was deleted after `since`.
  [[nodiscard]] bool observe_trash(const std::set<MessageId>& shown, WallTime since);
  /// The same for anything else.
  [[nodiscard]] bool observe_worlds(const std::function<bool(const World&)>& fits);

  /// From now on, what no view waits for may be gone.
  void reclaim(const Reclaiming& rule);
  /// A session of the view began. `is_recorded`: if that was due, it is known to be recorded.
  void use(View view, WallTime now, bool is_recorded);
  /// A full quota may have released views that were not used.
  void perhaps_release(WallTime now);

  /// Whether it is so in some world.
  [[nodiscard]] bool may_be(MessageId id, Presence presence, View view = View::kDefault) const;
  [[nodiscard]] bool must_be(MessageId id, Presence presence, View view = View::kDefault) const;
  [[nodiscard]] bool may_wait(MessageId id) const;      ///< In some view.
  [[nodiscard]] bool may_be_seen(MessageId id) const;   ///< By some reader's view.
  [[nodiscard]] bool must_be_seen(MessageId id) const;  ///< The same, and its bytes are there.
  [[nodiscard]] bool may_be_gone(MessageId id) const;
  [[nodiscard]] bool may_live(View view) const;
  [[nodiscard]] bool must_live(View view) const;
  /// Those that live in every world; the default one first.
  [[nodiscard]] std::vector<View> sure_views() const;
  [[nodiscard]] bool may_be_of_copy(View view) const;
  /// In some world its deletions are everybody's.
  [[nodiscard]] bool may_be_main(View view) const;
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
  template <typename Edit>
  void change_all(Edit edit);
  [[nodiscard]] bool usage_fits(const World& world, std::uint64_t count, std::uint64_t octets,
                                const Holding& who) const;

  std::set<World> worlds_ = {World{}};
  std::vector<Change> unsettled_;  // Not in force; a power loss may bring them.
  std::map<WallTime, MessageId> by_arrival_;
};

}  // namespace restante::sim
