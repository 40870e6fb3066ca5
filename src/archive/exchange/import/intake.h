// Where mail from elsewhere goes: into an account's mailbox, each content once, in batches. It
// holds the account's lock, and counts what came of which folder.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/database/catalog.h"
#include "archive/database/database.h"
#include "archive/exchange/mail_state.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/message_outline.h"
#include "base/result.h"

namespace restante::archive {

struct ImportCounts {
  std::uint64_t added = 0;
  std::uint64_t there = 0;    ///< Were in the mailbox already.
  std::uint64_t failed = 0;   ///< Could not be read, or are no mail; told to `on_failure`.
  std::uint64_t refused = 0;  ///< Of these, no mail, or no regular file.
  std::uint64_t deleted = 0;  ///< Deleted by the program that kept them; left out.
};

/// A folder or a file that mail came from.
struct ImportedFolder : ImportCounts {
  std::string name;
};

/// Used by one thread.
class Intake {
 public:
  /// Makes the account's mailbox when there is none. Errors: kBusy (the account is being fetched),
  /// kIo, kFull, kAuth.
  static Result<std::unique_ptr<Intake>> open(const Path& archive, std::string_view account);

  std::function<void(const Error&)> on_failure;
  /// Told of each message, with the octets read; false ends the import.
  std::function<bool(std::uint64_t octets)> on_message;

  /// Messages that come from now on are of this folder.
  void enter(const std::string& folder);
  Result<std::unique_ptr<Incoming>> begin() { return mailbox_.begin(); }
  /// A finished message. Errors: kFull, kIo: of the archive.
  Status take(std::unique_ptr<Incoming> incoming, std::uint64_t octets, const Told& told,
              Outline outline);
  /// It is no mail, or nothing that is opened.
  void refuse(const std::string& name, std::string_view why);
  void fail(const Error& error);
  /// Its program has deleted it.
  void pass_over() { ++counts().deleted; }
  /// It was taken under another name.
  void find_again() { ++counts().there; }
  /// Makes the last ones durable. Errors: as take().
  Status finish();

  [[nodiscard]] bool is_stopped() const { return stopped_; }
  /// Where octets can be put aside: the mailbox's tmp/.
  [[nodiscard]] Path tmp() const { return mailbox_.folder() / "tmp"; }
  [[nodiscard]] const std::vector<ImportedFolder>& folders() const { return folders_; }

 private:
  struct Waiting {
    std::unique_ptr<Incoming> incoming;
    std::string flags;
    Outline outline;
    std::size_t folder = 0;
  };

  Intake(AccountLock lock, Database database, Mailbox mailbox)
      : lock_(std::move(lock)), database_(std::move(database)), mailbox_(std::move(mailbox)) {}

  ImportedFolder& counts();
  Status flush();
  /// The rows of what is kept; a crash before costs nothing that the next look does not find.
  Status note_kept();
  Status drop_doubles();
  /// By what the account's next fetch recognises it on the server.
  Status note_outline(const Kept& kept, const Outline& outline);

  AccountLock lock_;
  Database database_;
  Mailbox mailbox_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<Waiting> batch_;
  std::vector<Kept> kept_;  // Durable, and not in the database yet.
  Statement outline_;
  std::vector<ImportedFolder> folders_;
  std::size_t folder_ = 0;
  bool stopped_ = false;
};

}  // namespace restante::archive
