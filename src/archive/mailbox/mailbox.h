// The Maildir of one account: ARCHIVE/ACCOUNT/{cur,new,tmp}. Each content is there once: a message
// is known by the SHA-256 of its octets as received, which is in its file's name. It knows no POP3,
// no database and no MIME. Files with other names (put there by other programs) are reported, and
// never renamed or removed by keep().
//
// Durability: what keep() gave back is on the disk, under its name, for good. After a failed sync
// the mailbox takes nothing more: the disk's content is unknown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/mailbox/file_name.h"
#include "archive/mailbox/files.h"
#include "archive/mailbox/incoming.h"
#include "archive/mailbox/name_table.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::archive {

enum class Create : std::uint8_t { kNo, kYes };
/// How closely a file is looked at.
enum class Look : std::uint8_t {
  kSize,     ///< It is there, with the size in its name.
  kContent,  ///< Its octets are read, and have its checksum.
};
/// A message that is durably in the mailbox.
struct Kept {
  std::string sha256;
  std::string name;          ///< The file's, in `folder`.
  std::uint64_t size = 0;    ///< Octets as received.
  bool was_there = false;    ///< The mailbox held this content already; no second file was made.
  std::int64_t seconds = 0;  ///< When it was received, unix time.
  Folder folder = Folder::kNew;
  bool repaired = false;  ///< `was_there`, but damaged: now it has this content again.
};

/// Used by one thread at a time. Two processes that keep messages for one account must hold its
/// AccountLock (account_lock.h) in turn, or the same content may be kept twice.
class Mailbox {
 public:
  /// `account` is the name as people write it; the folder is account_folder() of it. Reads the
  /// names of all messages. Errors: kNotFound (Create::kNo), kIo, kAuth, kFull.
  static Result<Mailbox> open(const Path& archive, std::string_view account, Create create,
                              const Clock& clock = system_clock());

  /// Errors: kFull, kIo, kState (a sync has failed before).
  Result<std::unique_ptr<Incoming>> begin();
  /// Makes finished messages durable: each file is synced and renamed into new/, then new/ is
  /// synced. A message that is there already is read back; a damaged file is replaced, under its
  /// name. The result has the order of `batch`. After an Error some of them may be there: the next
  /// keep() of the same content finds them. Errors: kFull, kIo, kState.
  Result<std::vector<Kept>> keep(std::vector<std::unique_ptr<Incoming>>&& batch);

  /// Moves messages into another mailbox, unread; one that is there already only leaves this one.
  /// Durable there when it returns: a crash before that leaves each in one of them, or in both. The
  /// result has the order of `sums`; its sizes are 0. Errors: kNotFound (it is in neither), kFull,
  /// kIo, kAuth, kCorrupt (on another disk, and damaged here), kState.
  Result<std::vector<Kept>> move_to(Mailbox& target, const std::vector<std::string>& sums);

  /// Where the content is. As of the last refresh(), keep() or open().
  [[nodiscard]] std::optional<Place> find(std::string_view sha256) const {
    return names_.find(sha256);
  }
  /// Whether the message's file is here and whole. It is looked for again when a mail reader has
  /// renamed it. False also when it cannot be read.
  [[nodiscard]] bool is_whole(std::string_view sha256, Look look);
  /// The path of a place.
  [[nodiscard]] Path path_of(const Place& place) const;
  /// Notices what mail readers did: renames (new to cur, flags), removals, new files. True when
  /// anything may have changed since the last time. Costs two stat(2) when nothing has.
  Result<bool> refresh();
  /// Reads all names again, also when the folders' times are unchanged. Errors: kIo, kAuth.
  Status reload();

  /// As they arrived: rows in that order keep together on the disk what is asked for together.
  void for_each(const std::function<void(std::string_view sha256, const Place&)>& visit) const {
    names_.for_each(visit);
  }
  /// Files in cur/ and new/ whose names are not ours. `Place::seconds` and `file_bytes` are 0.
  [[nodiscard]] const std::vector<Place>& foreign() const { return names_.foreign(); }
  /// Renames a message's file, into cur/, so that its flags are these. Durable after the next
  /// keep(). Errors: kNotFound, kIo, kAuth.
  Result<Place> set_flags(std::string_view sha256, std::string_view flags);
  /// Removes a message's file, durably. Fine when it is gone. Errors: kIo, kAuth.
  Status remove(const Place& place);

  /// When new/ and cur/ changed last, nanoseconds, as of the last look; nothing when that was so
  /// lately that a further change might not show.
  [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> settled_stamps() const;

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] const Path& folder() const { return folder_; }

 private:
  Mailbox(Path folder, std::string account, const Clock& clock)
      : folder_(std::move(folder)), account_(std::move(account)), clock_(&clock) {}

  Status read_folder(Folder folder);
  Status sync_contents(const std::vector<std::unique_ptr<Incoming>>& batch);
  Result<Kept> keep_one(Incoming& incoming);
  std::optional<Kept> kept_before(std::string_view sha256);
  [[nodiscard]] bool is_sound(const Place& place, std::string_view sha256, Look look) const;
  void look_again(std::string_view sha256);
  Result<Kept> hand_over(const std::string& sha256, Mailbox& target);
  Result<Place> copy_in(const Path& file, const std::string& sha256, Place to);
  Status sync_names();

  Path folder_;
  std::string account_;
  const Clock* clock_;
  NameTable names_;
  std::int64_t new_changed_ns_ = 0;  // 0: read it again.
  std::int64_t cur_changed_ns_ = 0;
  // Names may be in the folders that a crash could take: this or an earlier process's.
  bool unsynced_ = true;
  bool poisoned_ = false;
};

/// The accounts that have a mailbox in the archive, sorted.
Result<std::vector<std::string>> accounts_in(const Path& archive);

}  // namespace restante::archive
