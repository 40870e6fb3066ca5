// Mail that is on the disk and not to be seen: what waits for a virus scan, and what one has found
// infected. Files are in ARCHIVE/.restante/quarantine/ACCOUNT, a Maildir as mailbox.h's; table held
// has a row for each, with the verdict. No list, search or export looks there. It knows no scanner.
//
// A message without a row, or whose row was lost, waits: no accident makes it a message that is
// shown. The way out is always the same: verdict, file into the mailbox, one transaction with the
// mailbox's row in and this one out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/database/absence.h"
#include "archive/database/database.h"
#include "archive/mailbox/mailbox.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::archive {

/// The numbers stand in the database.
enum class HeldState : std::uint8_t { kWaiting = 1, kInfected = 2 };

struct Held {
  std::int64_t id = 0;  ///< Its number: no message's.
  std::string account;
  std::string sha256;
  HeldState state = HeldState::kWaiting;
  std::uint64_t size = 0;  ///< Octets as received.
  std::int64_t arrived = 0;
  std::string found;           ///< Of kInfected: the signature's name.
  std::uint32_t attempts = 0;  ///< Of kWaiting: scans that failed.
  std::string reason;          ///< And why the last one did.
};

struct HeldCounts {
  std::uint64_t waiting = 0;
  std::uint64_t infected = 0;
};

/// ARCHIVE/.restante/quarantine, which has a folder an account.
Path quarantine_folder(const Path& archive);

/// Of all accounts, in their order. Errors: kBusy, kIo, kCorrupt.
Result<std::vector<Held>> all_held(Database& database);
/// The same of one account, or of all when it is empty.
Result<HeldCounts> count_held(Database& database, std::string_view account = {});

/// HeldMail::synchronize() for every account that has something there. Errors: kBusy, kFull, kIo.
Status synchronize_held(Database& database, const Path& archive,
                        const Clock& clock = system_clock());

/// One account's. Used by one thread, under the account's lock, with the database that it was made
/// for, which must outlive it. Errors of all: kBusy, kFull, kIo, kAuth.
class HeldMail {
 public:
  /// Errors: also kNotFound (Create::kNo: nothing was ever held).
  static Result<HeldMail> open(Database& database, const Path& archive, std::string_view account,
                               Create create, const Clock& clock = system_clock());

  /// Makes the rows what the files say: a file without a row waits; a message whose file was
  /// removed counts as removed from the archive, unless `mailbox` has it: then it waits to be let
  /// in.
  Status synchronize(const Mailbox& mailbox);

  /// As Mailbox::begin() and keep(): durable, and out of sight.
  Result<std::unique_ptr<Incoming>> begin() { return box_.begin(); }
  Result<std::vector<Kept>> keep(std::vector<std::unique_ptr<Incoming>>&& batch) {
    return box_.keep(std::move(batch));
  }
  /// The row of what was kept: it waits. Call inside a transaction.
  Status note(const Kept& kept);

  [[nodiscard]] Result<bool> holds(std::string_view sha256);
  /// As Mailbox::is_whole().
  [[nodiscard]] bool is_whole(std::string_view sha256, Look look) {
    return box_.is_whole(sha256, look);
  }
  /// What waits for a scan and is due, what failed least first, at most `most`.
  Result<std::vector<Held>> due(std::int64_t now, std::size_t most);
  /// Nothing: its file is gone.
  [[nodiscard]] std::optional<Path> file_of(std::string_view sha256) const;

  /// Durable verdicts: it stays for good; or it waits on, until `retry_after` at least.
  Status mark_infected(const Held& held, std::string_view found);
  Status put_off(const Held& held, std::string_view reason, std::int64_t retry_after);
  /// Moves the files into the mailbox, where they are durable when it returns; then, in one
  /// transaction, note_kept() and forget().
  Result<std::vector<Kept>> move_to(Mailbox& mailbox, const std::vector<Held>& messages);
  /// Drops the row. Call inside a transaction.
  Status forget(const Held& held);
  /// Removes it for good; it counts as a message that was removed from the archive.
  Status discard(const Held& held);

 private:
  HeldMail(Database& database, Mailbox box) : database_(&database), box_(std::move(box)) {}
  Status record_found(std::string_view sha256, const Place& place);
  Status bury(const Held& held, Absence absence);

  Database* database_;
  Mailbox box_;
};

}  // namespace restante::archive
