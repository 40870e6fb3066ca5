// The local half of a run: an account's mailbox, its fetch state and the database that binds them,
// under the account's lock. It knows no server. Mail is kept in one order: files synced and named,
// then one transaction with the messages' rows and the state of their unique ids.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "archive/database/catalog.h"
#include "archive/database/database.h"
#include "archive/database/held_mail.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/message_key.h"
#include "base/clock.h"
#include "fetch/hand_on/hand_on_queue.h"
#include "fetch/plan/known.h"
#include "fetch/plan/plan.h"
#include "fetch/state/owners.h"
#include "fetch/state/state.h"
#include "profile/profile.h"

namespace restante::fetch {

/// A message that has come whole, on its way into the mailbox.
struct Arrived {
  Fetch fetch;
  std::unique_ptr<archive::Incoming> incoming;
  archive::Received received;
};

/// What became of it.
struct Landed {
  Fetch fetch;
  std::string sha256;
  std::uint32_t copy = 1;  ///< Of the messages with this content: archive/mailbox/message_key.h.
  std::uint64_t octets = 0;
  bool is_new = false;   ///< False: the mailbox had the message, or it was removed there.
  bool is_held = false;  ///< It waits for a virus scan, or is in quarantine: not in the mailbox.
  std::string essence;   ///< Of what has come; empty where another form of it is kept.
};

/// Whether what comes in is shown at once.
enum class Scanning : bool { kOff, kFirst };

struct Change {
  std::string uid;
  KnownUid entry;
};

/// Used by one thread.
class LocalMail {
 public:
  /// Takes the account's lock, and learns what mail readers did since the last time. `account`
  /// outlives it. Errors: kBusy (another process fetches for this account), kIo, kFull, kAuth,
  /// kCorrupt.
  static Result<std::unique_ptr<LocalMail>> open(const profile::Account& account,
                                                 const std::filesystem::path& archive,
                                                 const Clock& clock,
                                                 Scanning scanning = Scanning::kOff);

  /// All that is known of the server's messages; as of now, changes included.
  [[nodiscard]] const Known& known() const { return known_; }
  [[nodiscard]] archive::Mailbox& mailbox() { return *mailbox_; }
  [[nodiscard]] archive::Database& database() { return database_; }
  /// Mail that must not be seen (yet); nullptr: there is none, and will be none.
  [[nodiscard]] archive::HeldMail* held() { return held_ ? &*held_ : nullptr; }
  /// For the next message. Errors: kFull, kIo, kState.
  Result<std::unique_ptr<archive::Incoming>> begin();
  /// What opening it has changed, in sentences for the user.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  [[nodiscard]] Seconds now() const;
  /// Whether the message is in the mailbox or held, or was and its owner deleted it; by name.
  Result<bool> is_safe(std::string_view sha256, std::uint32_t copy = 1);
  /// Its owner deleted it here. A message that is gone for another reason was not removed
  /// (archive/database/absence.h).
  Result<bool> was_removed(std::string_view sha256, std::uint32_t copy = 1);
  /// Its file is gone, and its owner does not know yet.
  Result<bool> is_gone(std::string_view sha256, std::uint32_t copy = 1);
  /// The same read back: its file is there with its size, and, unless it came in this run, has its
  /// checksum. False for one that the user removed.
  bool is_whole(const KnownUid& entry);
  /// The server has given its messages new ids: one that has come with the content of a message
  /// that is no longer listed is that one.
  void let_content_decide() { content_decides_ = true; }

  /// Durable when it returns: every message of the group is in the mailbox under its checksum, its
  /// octets once, and its unique id is kStored. A message that differs from the known one of its id
  /// only in lines that servers add to a header is that one. Mail that the user removed from the
  /// archive stays removed; a damaged file is replaced. With Scanning::kFirst what is new is held
  /// instead, as durably. After an Error nothing is claimed of any of them.
  Result<std::vector<Landed>> keep(std::vector<Arrived>&& group);
  /// Held messages become messages of the mailbox, and are queued for where they are handed on.
  /// Durable when it returns; broken off anywhere, it can be done again.
  Status let_in(const std::vector<archive::Held>& messages);
  /// Writes entries in one transaction. An empty list costs nothing.
  Status store(std::span<const Change> changes);
  /// A changed copy of what is known of the uid, or a new entry, first seen now.
  [[nodiscard]] KnownUid entry_of(std::string_view uid) const;

  /// A time that is still to come counts as none: the clock was wrong.
  Result<std::optional<Seconds>> shrunken_since();
  Status set_shrunken_since(std::optional<Seconds> since);

  /// Whether the clock may be believed where it deletes mail, as of when it was opened.
  [[nodiscard]] bool is_clock_doubted() const { return clock_memory_.is_doubted(); }
  /// The user has said that the clock is right. Durable.
  Status confirm_clock();

  /// Whether mail that is on the server at the next listing is left unfetched.
  Result<bool> from_now_on() { return state_->from_now_on(); }
  /// Durable, with the entries, in one transaction.
  Status set_from_now_on(bool wanted, std::span<const Change> changes = {});
  /// Each message on the server was looked at since entries were lost with a database: until then
  /// none that the archive has is handed on. Durable.
  Status end_loss();

 private:
  struct Parts {
    archive::AccountLock lock;
    archive::Database database;
  };
  LocalMail(const profile::Account& account, Parts parts, const Clock& clock, Scanning scanning);
  Status load(const std::filesystem::path& archive);
  Status open_held(const std::filesystem::path& archive);
  Status load_known();
  Status look_at_the_clock();
  Result<bool> is_held(std::string_view sha256);
  /// Its owner deleted it, or knows that it is gone: should it come once more, it is not kept.
  Result<bool> stays_away(std::string_view sha256, std::uint32_t copy);
  /// It is the message that is known under its id, with other lines in its header.
  Result<bool> is_known_otherwise(const Arrived& arrived);
  /// Which message it is, and whether that one is known.
  struct Identity {
    std::uint32_t copy = 1;
    bool known = false;
  };
  Result<Identity> identify(const Arrived& arrived, const std::vector<Landed>& group);
  std::uint32_t copy_of(const Arrived& arrived, const std::vector<Landed>& group);
  /// Where a message that has come belongs; nothing: it is there already, or was removed.
  struct Batches {
    std::vector<std::unique_ptr<archive::Incoming>> shown, held;
    std::vector<std::size_t> shown_places, held_places;  // In the list of what landed.
    std::vector<std::size_t> seen_places;                // Their content is in the mailbox.
  };
  Result<std::vector<archive::Kept>> keep_held(
      std::vector<std::unique_ptr<archive::Incoming>>&& batch);
  Status sort_in(Arrived&& arrived, std::vector<Landed>& landed, Batches& batches);
  Status commit(std::vector<Landed>& landed, const Batches& batches,
                const std::vector<archive::Kept>& shown, const std::vector<archive::Kept>& held);
  Status place(const Landed& landed, const archive::Kept& kept);
  [[nodiscard]] Change stored(const Landed& landed) const;
  [[nodiscard]] std::optional<Change> replaced(const Landed& landed) const;
  void remember(Change&& change);
  Status queue_hand_on(const Landed& landed);
  Status queue_everywhere(const Landed& landed);
  Status queue_hook(const Landed& landed);

  const profile::Account& account_;
  archive::AccountLock lock_;
  archive::Database database_;
  const Clock& clock_;
  const Scanning scanning_;
  std::optional<archive::HeldMail> held_;
  std::optional<archive::Mailbox> mailbox_;
  std::optional<archive::Catalog> catalog_;
  std::optional<State> state_;
  std::optional<HandOnQueue> queue_;
  std::vector<std::string> destinations_;
  std::vector<std::string> remarks_;
  Known known_;
  std::optional<Owners> owners_;  // Made when it is needed.
  ClockMemory clock_memory_;
  bool content_decides_ = false;
  bool was_lost_ = false;
};

}  // namespace restante::fetch
