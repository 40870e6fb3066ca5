// Mail from elsewhere into an account's mailbox: mbox files, single messages (eml), Maildirs. Each
// content is kept once, as everything in the archive; an import can be repeated. It holds the
// account's lock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "archive/account_lock.h"
#include "archive/catalog.h"
#include "archive/database.h"
#include "archive/mailbox.h"
#include "archive/message_outline.h"
#include "base/result.h"

namespace restante::archive {

struct Imported {
  std::uint64_t added = 0;
  std::uint64_t there = 0;  ///< Were in the mailbox already.
  std::uint64_t failed =
      0;  ///< Files that could not be read, or are no mail; told to `on_failure`.
  std::uint64_t refused = 0;  ///< Of these, what is no mail, or no regular file.
};

/// Used by one thread.
class Importer {
 public:
  /// Makes the account's mailbox when there is none. Errors: kBusy (the account is being fetched),
  /// kIo, kFull, kAuth.
  static Result<std::unique_ptr<Importer>> open(const Path& archive, std::string_view account);

  std::function<void(const Error&)> on_failure;
  /// Told of each message, with the octets read; false ends the import.
  std::function<bool(std::uint64_t octets)> on_message;

  /// A file (mbox, when it begins with "From " and is not called .eml, else one message), a
  /// Maildir, or a folder with such things. What does not look like mail is refused, and told as a
  /// failure, and so is what is no regular file; what lies in a Maildir's cur or new is mail.
  /// Errors: kNotFound, kFull, kIo: of the archive; what was
  /// kept before stays.
  Status add(const Path& source);
  /// Makes the last ones durable. Errors: as add().
  Result<Imported> finish();

 private:
  friend class MboxImport;
  Importer(AccountLock lock, Database database, Mailbox mailbox)
      : lock_(std::move(lock)), database_(std::move(database)), mailbox_(std::move(mailbox)) {}

  Status add_folder(const Path& folder);
  Status add_maildir(const Path& folder);
  Status add_file(const Path& file);
  Status add_message(const Path& file, std::string_view flags);
  Status add_mbox(const Path& file);
  Status refuse(const Path& file, std::string_view why);
  Status take(std::unique_ptr<Incoming> incoming, std::uint64_t octets, std::string_view flags,
              Outline outline);
  /// By what the account's next fetch recognises it on the server.
  Status note_outline(const Kept& kept, const Outline& outline);
  Status flush();
  /// The rows of what is kept; a crash before costs nothing that the next look does not find.
  Status record();
  [[nodiscard]] bool is_stopped() const { return stopped_; }

  AccountLock lock_;
  Database database_;
  Mailbox mailbox_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<std::unique_ptr<Incoming>> batch_;
  std::vector<std::string> flags_;              // Of the batch.
  std::vector<Outline> outlines_;               // Of the batch.
  std::vector<std::pair<Kept, Outline>> kept_;  // Durable, and not in the database yet.
  Statement outline_;
  Imported imported_;
  bool stopped_ = false;
};

}  // namespace restante::archive
