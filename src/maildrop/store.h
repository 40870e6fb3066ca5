// The maildrop store as the rest of the program sees it; back ends (back_end.h lists them)
// implement it, and doors/open.h opens it.
//
// The specification is four lines: delivery is atomic, pickup is a snapshot, deletion is atomic and
// durable, recovery is idempotent. It knows accounts by name only, and nothing of POP3 or SMTP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/strong.h"
#include "maildrop/report.h"
#include "maildrop/view.h"

namespace restante::maildrop {

/// Properties of a message that are found out once, at delivery. Stored; bits are never re-used.
struct MessageFlags {
  bool utf8_header = false;  ///< Its header has 8-bit octets (RFC 6532): see RFC 6856.
};

/// What the listing says of one message.
struct MessageInfo {
  Sequence sequence{};
  std::uint64_t octets = 0;      ///< As POP3 counts: CRLF line ends, dot-stuffing not counted.
  std::uint64_t wire_bytes = 0;  ///< In wire form, without the final ".\r\n".
  WallTime arrived{};
  Checksum wire_checksum = 0;  ///< Of the bytes in wire form.
  MessageFlags flags;
};

/// Bytes that can be read again: a mail in memory or in a spool file, for delivering it to several
/// maildrops. Several threads may read at once.
class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Reads exactly target.size() bytes from `offset`. Errors: kIo.
  virtual Status read(std::uint64_t offset, MutableBytes target) = 0;
};

/// What waits: the messages that a view has not deleted for which they stay. Each counts once.
struct Usage {
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};

/// The most that may wait; 0: no limit.
struct Quota {
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};

/// A message to be delivered: `prefix` (this recipient's trace header) then `body`, both in wire
/// form; together they end in CRLF and are the whole message without the final ".\r\n".
struct NewMessage {
  NewMessage(std::string p, Source& b, std::uint64_t o)
      : prefix(std::move(p)), body(b), octets(o) {}

  std::string prefix;
  Source& body;          ///< Not owned.
  std::uint64_t octets;  ///< Of prefix and body, as POP3 counts.
  WallTime arrived{};
  MessageFlags flags;
  std::optional<std::string> uid;  ///< Kept on import; otherwise made by the store.
  Quota quota;                     ///< Of this maildrop: a delivery beyond it is refused (kLimit).
};

struct Receipt {
  Sequence sequence{};
  std::string uid;
  Usage before;  ///< What waited before it: with it, whether a quota's warning level was crossed.
  /// Views for which nothing stays from now on, since it would not have fitted otherwise, and they
  /// were not used for limits::kViewUnusedBeforeQuota.
  std::vector<std::string> released;
};

/// A view, for lists.
struct ViewInfo {
  View view{};
  std::string name;  ///< kDefaultName for the default view.
  ViewRole role = ViewRole::kEach;
  bool of_device = false;        ///< The own view of a device.
  bool holds = false;            ///< Messages stay for it.
  bool is_released = false;      ///< It does not hold, since a quota was full and it was not used.
  std::optional<WallTime> made;  ///< Of the default view, when it had no company any more.
  std::optional<WallTime> used;  ///< Last, to a day.
  Usage waiting;                 ///< What it has not deleted.
  bool of_copy = false;          ///< What it has not deleted waits for a copy's target.
};

/// What a session leaves behind at QUIT.
struct SessionEnd {
  std::vector<MessageNumber> deleted;
  /// Retrieved by RETR, to be remembered for a retention that counts from there; empty when none
  /// does.
  std::vector<MessageNumber> retrieved;
  /// Of `deleted`, those that leave all views, but those of other copies.
  std::vector<MessageNumber> everywhere{};
};

/// Which deleted messages to bring back: all whose bytes are still there and that were deleted at
/// or after `since` (if given) and have one of `uids` (if any are given).
struct UndeleteRequest {
  std::optional<WallTime> since;
  std::vector<std::string> uids;
};

/// When messages are deleted without their owner's word.
struct Retention {
  enum class From : std::uint8_t { kArrival, kRetrieval };
  std::optional<std::chrono::days> days;  ///< nullopt: never.
  From from = From::kArrival;             ///< kRetrieval: from the first QUIT after a RETR.
};

/// What upkeep() holds a maildrop to.
struct UpkeepPolicy {
  std::chrono::seconds undelete_window{0};  ///< A deleted message's bytes stay at least so long.
  Retention retention;
  bool trash_purges =
      false;  ///< What was deleted in the trash goes without waiting for the window.
};

/// What a maildrop holds, for counting.
struct Holding {
  Usage waiting;
  std::uint64_t live_bytes = 0;    ///< Theirs as they are kept, with what describes them.
  std::uint64_t dead_bytes = 0;    ///< Of what no view has any more, or is no message.
  std::uint64_t aside_bytes = 0;   ///< Kept of what was damaged.
  std::optional<WallTime> oldest;  ///< Arrival of the message that waits longest.
};

struct UpkeepReport {
  std::uint64_t expired = 0;              ///< Messages that retention deleted.
  std::uint64_t expired_octets = 0;       ///< Of these.
  std::uint64_t reclaimed_bytes = 0;      ///< By which the maildrop's files shrank.
  std::optional<Holding> holding;         ///< Afterwards; nullopt: there is no maildrop.
  std::vector<std::string> unused_views;  ///< Nothing stays for them, since they are not used.
};

/// What repair() took out of a maildrop; its bytes are kept.
struct SetAside {
  std::uint64_t offset = 0;  ///< In the damaged file.
  std::uint64_t bytes = 0;
  std::string what;
  std::optional<Sequence> sequence;  ///< Of a message, as far as known.
  std::optional<std::string> uid;
};

/// What heal() did.
struct HealReport {
  std::vector<SetAside> healed;  ///< Messages that are whole again.
  std::vector<SetAside> left;    ///< Damage that the copy cannot heal; `what` says why.
  std::string kept_in;           ///< Where the damaged octets are kept, for people.
};

struct RepairReport {
  std::vector<SetAside>
      set_aside;  ///< Empty: there was nothing to repair but at most a torn end, which was cut.
  std::string kept_in;  ///< Where that is kept, for people; also when there is nothing now.
};

/// Called with the bytes just read or written, in pieces of at most a few hundred KiB; may wait, to
/// keep a pace or to show progress. False: stop as soon as nothing is left half done (the call then
/// ends with kClosed). May be empty.
using Pace = std::function<bool(std::uint64_t bytes)>;

/// The bytes of one message in wire form. Outlives neither its session nor the store.
class MessageReader {
 public:
  virtual ~MessageReader() = default;
  [[nodiscard]] virtual const MessageInfo& info() const = 0;
  /// Reads the next bytes, at most target.size(); 0 at the end. When the last bytes are read, the
  /// whole message's checksum has been compared: kCorrupt instead of the last bytes when it
  /// differs. Errors: kIo, kCorrupt.
  virtual Result<std::size_t> read(MutableBytes target) = 0;
  /// The same, but never waits for the disk: std::nullopt when the bytes are not in memory.
  virtual std::optional<Result<std::size_t>> read_cached(MutableBytes target) = 0;
};

/// The one session of a view: a snapshot of its undeleted messages, numbered 1..count(), fixed
/// while it lives. Holds the view's lock until destroyed; destroying it deletes nothing.
/// Used by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual std::uint32_t count() const = 0;
  [[nodiscard]] virtual std::uint64_t total_octets() const = 0;
  /// Messages may leave the view by what other views delete: it holds nothing, one decides for all,
  /// or a copy may stand in the place of all.
  [[nodiscard]] virtual bool others_decide() const = 0;
  /// `number` is 1..count(), checked by the caller.
  [[nodiscard]] virtual const MessageInfo& info(MessageNumber number) const = 0;
  /// Appends the unique id: 1 to 70 characters 0x21..0x7E (RFC 1939 s.7).
  virtual void append_uid(MessageNumber number, std::string& out) const = 0;
  /// Errors: kIo, kCorrupt (known damage; nothing of it may be given out). Damage to a message of
  /// at most 64 KiB is found by the reader's first read(), before it gives out a byte: a caller
  /// that wants to tell the peer in words reads once before saying yes.
  virtual Result<std::unique_ptr<MessageReader>> read(MessageNumber number) = 0;
  /// Deletes these messages from this view in one durable step: after ok() no crash undoes it,
  /// after an error nothing of it is in force, or, only if the disk failed in the middle of the
  /// sync and the machine then stopped, perhaps all of it. Blocks for the disk. An empty list is
  /// ok() and writes nothing. May be called again, for other messages. Errors: kIo, kFull, kLimit,
  /// kCorrupt.
  virtual Status commit(const SessionEnd& end) = 0;
};

/// A maildrop as it is kept, whether or not it can be told whose it is.
struct StoredMaildrop {
  std::string name;         ///< Below the data directory, and in a backup of it.
  std::string where;        ///< For people.
  bool exists = false;      ///< Also if it cannot be read. False: it never had mail.
  std::uint64_t bytes = 0;  ///< To be read for a look over it; 0 also if that cannot be told.
};

/// A message as a maildrop keeps it, for tools.
struct StoredMessage {
  MessageInfo info;
  std::string uid;
  bool deleted = false;  ///< From every view.
  bool intact = false;   ///< Its octets matched their checksum when the maildrop was read.
};

/// The messages that a maildrop had at one moment, deleted ones too, for tools that hand mail out
/// beside its owner's sessions. Needs no lock while it lives. Used by one thread at a time.
class Content {
 public:
  using Sink = std::function<Status(std::string_view)>;

  virtual ~Content() = default;
  [[nodiscard]] virtual std::size_t count() const = 0;
  /// In the order of their arrival. `index` is below count(), checked by the caller.
  [[nodiscard]] virtual const StoredMessage& message(std::size_t index) const = 0;
  /// Gives the sink a message's octets, in wire form, in pieces. Nothing of a message that is not
  /// intact; a sink's error ends it. Errors: kIo, kCorrupt.
  virtual Status read(std::size_t index, const Sink& sink) = 0;
};

/// All maildrops of a data directory. Callable from any thread.
class Store {
 public:
  virtual ~Store() = default;

  /// Opens the view's one session. A maildrop that never had mail opens empty. May block for the
  /// disk. Errors: kBusy (another session, perhaps of another process, has it), kNotFound (the view
  /// has ended), kIo, kFull, kCorrupt.
  virtual Result<std::unique_ptr<Session>> open(const std::string& account, View view) = 0;

  /// Opens the trash: what other views have deleted within the window and it has not. It is what is
  /// on the disk at that moment. A deletion in it hides a message there alone. Errors: as open().
  virtual Result<std::unique_ptr<Session>> open_trash(const std::string& account,
                                                      std::chrono::seconds window) = 0;

  /// The same without waiting for the disk: std::nullopt when that is not possible (the maildrop is
  /// not in memory, or another process has appended to it).
  virtual std::optional<Result<std::unique_ptr<Session>>> open_cached(const std::string& account,
                                                                      View view) = 0;

  /// Appends a message and makes it durable: after success no crash can lose it, so only then may
  /// SMTP and LMTP answer 250; after an error it is not delivered. Blocks for the disk.
  /// Errors: kIo, kFull, kLimit (size), kExists (uid is taken), kSyntax (no uid that UIDL could
  /// say, or one as this maildrop makes itself), kCorrupt.
  virtual Result<Receipt> deliver(const std::string& account, const NewMessage& message) = 0;

  /// The same for several messages together, which is what happens to deliveries of several threads
  /// anyway: two syncs, however many they are. The outcome of each, in their order. None of them is
  /// null. One is refused alone; but behind one that the disk did not take, all are.
  virtual std::vector<Result<Receipt>> deliver_together(
      const std::string& account, const std::vector<const NewMessage*>& messages) = 0;

  /// What waits. Errors: kIo, kCorrupt.
  virtual Result<Usage> usage(const std::string& account) = 0;
  /// What would wait if a full quota released the unused views (Receipt::released). Errors: kIo,
  /// kCorrupt.
  virtual Result<Usage> least_usage(const std::string& account) = 0;

  /// The same without waiting for the disk: std::nullopt as with open_cached().
  virtual std::optional<Usage> usage_cached(const std::string& account) = 0;

  // Views. Each step is durable when it has succeeded. The name is as view_name() gives it.

  /// Makes a view. Of a copy's that is there already: which it is. Errors: kExists (of a device's
  /// own: another device has it, or a copy), kLimit (as many as there may be), kIo, kFull,
  /// kCorrupt.
  virtual Result<View> make_view(const std::string& account, const NewView& view) = 0;
  /// Errors: kNotFound, kIo, kCorrupt.
  virtual Result<FoundView> find_view(const std::string& account, std::string_view name) = 0;
  /// The same without waiting for the disk: std::nullopt as with open_cached().
  virtual std::optional<Result<FoundView>> find_view_cached(const std::string& account,
                                                            std::string_view name) = 0;
  /// Nothing stays for it any more. A session of it goes on, and can delete nothing. Errors:
  /// kNotFound, kState (the default view cannot end), kIo, kFull, kCorrupt.
  virtual Status end_view(const std::string& account, View view) = 0;
  /// Errors: kNotFound, kState (of a copy), kIo, kFull, kCorrupt.
  virtual Status set_role(const std::string& account, View view, ViewRole role) = 0;
  /// The default view first, the others by their numbers. Errors: kIo, kCorrupt.
  virtual Result<std::vector<ViewInfo>> views(const std::string& account) = 0;

  /// The accounts that have a maildrop, in no order. Errors: kIo.
  virtual Result<std::vector<std::string>> accounts() = 0;

  /// Brings deleted messages back into the view, with their sequence numbers and unique ids, in one
  /// durable step, and takes back that the trash hides them; their unique ids, ascending. A session
  /// that is open does not see them. Messages that upkeep has reclaimed are gone. Errors: kIo,
  /// kFull, kCorrupt.
  virtual Result<std::vector<std::string>> undelete(const std::string& account, View view,
                                                    const UndeleteRequest& request) = 0;

  /// Deletes what retention says, then gives back the space of messages that are deleted from every
  /// view for longer than the window, if that is worth a rewriting of the log. Deliveries and
  /// sessions go on meanwhile and lose nothing; a crash at any point leaves the old log or the new.
  /// A session open in another process puts reclaiming off. Errors: kBusy (upkeep, or a repair, is
  /// at it already), kIo, kFull, kCorrupt, kClosed (`pace` said stop).
  virtual Result<UpkeepReport> upkeep(const std::string& account, const UpkeepPolicy& policy,
                                      const Pace& pace) = 0;

  /// Reads everything, and takes what is damaged out of the maildrop, keeping its bytes in a file
  /// beside it; all else stays as it is. Errors: kBusy (a session is open in another process, or
  /// upkeep is at it), kIo, kFull, kCorrupt (nothing of it can be believed), kClosed (`pace` said
  /// stop): then nothing has changed.
  virtual Result<RepairReport> repair(const std::string& account, const Pace& pace) = 0;

  /// Replaces the octets of damaged messages by those that a copy of this maildrop's log has, at
  /// the path `copy`: only where number, time, length and checksum are the damaged record's own, so
  /// that the message and its unique id are what they were. All else stays as it is; the damaged
  /// octets are kept in a file beside it. Errors: kNotFound (no such copy), kState (another
  /// maildrop's), otherwise as repair().
  virtual Result<HealReport> heal(const std::string& account, const std::string& copy,
                                  const Pace& pace) = 0;

  /// Removes the maildrop from the disk, with all its messages, their unique ids and what was set
  /// aside; false: there was none. A process that has it open sees an empty one from then on.
  /// Durable after success; after an error it is there or not, and the call can be made again.
  /// Errors: kBusy (a session is open, or upkeep is at it), kIo, kCorrupt (it cannot be read, so
  /// others cannot be kept away from it).
  virtual Result<bool> purge(const std::string& account) = 0;

  /// Everything the log knows of the maildrop, without a session lock: for tools.
  struct Entry {
    MessageInfo info;
    std::string uid;
    bool deleted = false;  ///< Or never seen by this view: then it has no time.
    std::optional<WallTime> deleted_at;
    std::optional<WallTime> retrieved_at;  ///< First, as far as a retention asked for it.
  };
  virtual Result<std::vector<Entry>> list(const std::string& account, View view) = 0;
  /// The same, each given out in its turn, for maildrops of any size.
  virtual Status list_each(const std::string& account, View view,
                           const std::function<void(Entry&&)>& take) {
    auto entries = list(account, view);
    if (!entries) return std::move(entries).error();
    for (Entry& entry : *entries) take(std::move(entry));
    return ok();
  }

  // For tools, and for looks at mail at rest. They hold no maildrop in memory and disturb no
  // session.

  /// How the maildrop of an account is kept, also if it never had mail. Errors: kIo.
  virtual Result<StoredMaildrop> stored(const std::string& account) = 0;

  /// All maildrops that are kept, by name; also those of which it cannot be told whose they are.
  /// Errors: kIo.
  virtual Result<std::vector<StoredMaildrop>> all_stored() = 0;

  /// When any maildrop was written to last, by the files' own times; nothing if there is none, or
  /// none can be read.
  virtual std::optional<WallTime> last_written() = 0;

  /// Looks a maildrop over, beside its sessions; changes nothing. Damage is no error but a finding,
  /// also if nothing can be read. Errors: kNotFound (it is not there), kIo, kClosed (`pace` said
  /// stop), kBusy (it was replaced again and again meanwhile), kCorrupt (a newer version wrote it).
  virtual Result<CheckReport> check_stored(const StoredMaildrop& maildrop, CheckDepth depth,
                                           const Pace& pace) = 0;

  /// The same for the maildrop of an account, whole; another account's in its place is a finding.
  virtual Result<CheckReport> check(const std::string& account, const Pace& pace) = 0;

  /// Reads and verifies all messages of a maildrop; one that never had mail has none. Errors: kIo,
  /// kTimeout, kClosed (`pace` said stop), kState (it was never completed), kCorrupt (nothing of it
  /// can be believed).
  virtual Result<std::unique_ptr<Content>> content(const std::string& account,
                                                   const Pace& pace) = 0;

  /// Writes what speeds up the next start and closes every file. The store is not used afterwards.
  virtual Status close() = 0;
};

}  // namespace restante::maildrop
