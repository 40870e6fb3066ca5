// Deliveries to a maildrop. Those that come while the disk is busy with others go to the log
// together, with two syncs for all of them; each is a record of its own, refused for its own
// reasons without regard to the others. Where the disk takes no more, or fails, all of them are
// refused.
#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/limits.h"
#include "maildrop/log/drop/maildrop.h"
#include "maildrop/log/file/entries.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {

/// One of a group: what it wants, and what came of it.
struct Delivery {
  explicit Delivery(const NewMessage& m, bool o = false) : message(m), in_order(o) {}

  const NewMessage& message;
  const bool in_order;  ///< Not behind one of the group that the disk did not take.
  Receipt receipt;      // Counts once the batch is settled.
  std::optional<Error> refusal;
};

namespace {

Status check_quota(const NewMessage& message, const Usage& before) {
  const Quota& quota = message.quota;
  if (quota.messages != 0 && before.messages >= quota.messages)
    return Error(Errc::kLimit, "quota: messages");
  if (quota.octets != 0 &&
      (message.octets > quota.octets || before.octets > quota.octets - message.octets))
    return Error(Errc::kLimit, "quota: octets");
  return ok();
}

/// A mail's source, and whether it has failed: which is no fault of the disk.
class WatchedSource final : public Source {
 public:
  explicit WatchedSource(Source& source) : source_(source) {}
  [[nodiscard]] std::uint64_t size() const override { return source_.size(); }
  Status read(std::uint64_t offset, MutableBytes target) override {
    Status done = source_.read(offset, target);
    has_failed_ = has_failed_ || !done;
    return done;
  }
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  Source& source_;
  bool has_failed_ = false;
};

/// A batch, and the unique ids that messages brought along into it.
struct Group {
  LogWriter::Batch batch;
  std::unordered_set<std::string_view> uids{};
  std::optional<Error> stopped{};  ///< The disk did not take one of them.
};

Status check_uid_is_free(const std::string& uid, const KnownLog& known, const Group& group) {
  RESTANTE_CHECKED(check_uid(uid));
  // Which of them it has had can't be told, and "it is there" would be a promise: the log may have
  // come from a backup of the maildrop that made this one.
  if (uid.starts_with(known.log()->uid_prefix()))
    return Error(Errc::kSyntax, "uid " + uid + ": this maildrop makes such ids itself");
  if (group.uids.contains(uid) || known.is_taken(uid)) return Error(Errc::kExists, "uid " + uid);
  return ok();
}

Status write_delivery(Maildrop::Turn& turn, Delivery& delivery, Group& group) {
  LogWriter::Batch& batch = group.batch;
  const KnownLog& known = turn.known();
  const NewMessage& message = delivery.message;
  WatchedSource source(message.body);
  const RecordBody body{message.prefix, &source};
  if (body.size() > limits::kMessageStoredBytesMax) return Error(Errc::kLimit, "message size");
  if (message.uid) RESTANTE_CHECKED(check_uid_is_free(*message.uid, known, group));
  RESTANTE_CHECKED(check_quota(message, delivery.receipt.before));
  // Only damage can bring the numbers to their end; a wrap would give out numbers that clients
  // know.
  if (kNoSequence - known.next_sequence() <= batch.records.size())
    return Error(Errc::kCorrupt,
                 "a record names the last sequence number: " + known.log()->paths().log);

  RecordHeader header;
  header.type = RecordType::kMessage;
  header.flags = message.flags.utf8_header ? kFlagUtf8Header : std::uint16_t{0};
  header.key = known.next_sequence() + batch.records.size();
  header.octets = message.octets;
  header.time = message.arrived;
  header.uid = message.uid.value_or(std::string());
  if (Status done = turn.write(batch, std::move(header), body); !done) {
    // A spool that cannot be read is one sender's loss. A disk that takes no more ends the group.
    if (!source.has_failed()) group.stopped = done.error();
    return done;
  }
  if (message.uid) group.uids.insert(*message.uid);

  const RecordHeader& written = batch.records.back().header;
  delivery.receipt.sequence = Sequence{written.key};
  MessageEntry entry;
  entry.info = to_info(written);
  if (message.uid) entry.uid = &*message.uid;
  append_uid(known.log()->uid_prefix(), entry, delivery.receipt.uid);
  return ok();
}

/// Whether one of them is over its quota now, and would not be with `least` waiting.
bool would_fit_with_less(const std::vector<Delivery*>& deliveries, Usage now, Usage least) {
  for (const Delivery* delivery : deliveries) {
    const NewMessage& message = delivery->message;
    const bool fits = check_quota(message, now).has_value();
    if (!fits && check_quota(message, least).has_value()) return true;
    if (!fits) continue;
    for (Usage* usage : {&now, &least}) {
      ++usage->messages;
      usage->octets += message.octets;
    }
  }
  return false;
}

/// Where that lets one of them in that would not fit otherwise, unused views give up what they
/// hold, durably; their names.
Result<std::vector<std::string>> make_room(Maildrop::Turn& turn,
                                           const std::vector<Delivery*>& deliveries) {
  std::vector<std::string> released;
  RESTANTE_TRY(const KnownViews* const views, turn.views());
  if (views->table()->is_alone()) return released;
  RESTANTE_TRY(const Held held, turn.held());
  const Usage least = turn.least_held();
  return would_fit_with_less(deliveries, held.usage, least) ? turn.release_unused() : released;
}

/// Errors: as Store::deliver, for all that are not refused for reasons of their own.
Status append_deliveries(Maildrop& maildrop, const std::vector<Delivery*>& deliveries) {
  RESTANTE_TRY(auto turn, maildrop.take_turn(Maildrop::Purpose::kAppend, Creation::kIfAbsent));
  RESTANTE_TRY(std::vector<std::string> released, make_room(turn, deliveries));
  RESTANTE_TRY(const Held held, turn.held());
  Usage before = held.usage;
  Group group{turn.begin(deliveries.size())};
  group.batch.records.reserve(deliveries.size());
  for (Delivery* delivery : deliveries) {
    delivery->receipt.before = before;
    if (group.stopped && delivery->in_order) {
      delivery->refusal = group.stopped;
      continue;
    }
    if (Status written = write_delivery(turn, *delivery, group); !written) {
      delivery->refusal = std::move(written).error();
      continue;
    }
    // Its owner is told once.
    delivery->receipt.released = std::exchange(released, {});
    ++before.messages;
    before.octets += delivery->message.octets;
  }
  return turn.settle(group.batch);
}

Result<Receipt> take_outcome(Delivery& delivery) {
  if (delivery.refusal) return *std::move(delivery.refusal);
  return std::move(delivery.receipt);
}

}  // namespace

Result<Receipt> Maildrop::deliver(const NewMessage& message) {
  Delivery mine(message);
  deliveries_.run(mine, limits::kDeliveriesTogether,
                  [this](const std::vector<Delivery*>& group) { deliver_group(group); });
  return take_outcome(mine);
}

std::vector<Result<Receipt>> Maildrop::deliver_together(
    const std::vector<const NewMessage*>& messages) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(messages.size());
  std::vector<Delivery*> group;
  for (const NewMessage* message : messages)
    group.push_back(&deliveries.emplace_back(*message, true));
  deliver_group(group);
  std::vector<Result<Receipt>> outcomes;
  for (Delivery& delivery : deliveries) outcomes.push_back(take_outcome(delivery));
  return outcomes;
}

/// Gives each of them its receipt or its refusal.
void Maildrop::deliver_group(const std::vector<Delivery*>& group) {
  if (group.empty()) return;
  const Status delivered = append_deliveries(*this, group);
  if (delivered) return;
  for (Delivery* delivery : group)
    if (!delivery->refusal) delivery->refusal = delivered.error();
}

}  // namespace restante::maildrop::log
