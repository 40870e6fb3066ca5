// Mail from elsewhere into an account's mailbox: mbox files, single messages (eml, emlx), Maildirs,
// Thunderbird's folders, all of it packed or not. Each content is kept once, as everything in the
// archive; an import can be repeated. It holds the account's lock.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/source_walk.h"
#include "base/result.h"

namespace restante::archive {

struct Imported : ImportCounts {
  std::vector<ImportedFolder> folders;  ///< Where it came from, in order, with the same counts.
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

  /// A file, a Maildir, or a folder with such things; what they are, their content tells first
  /// (source_kind.h). A file that does not look like mail, or is not regular, is refused, and told
  /// as a failure; files in a Maildir's cur or new are mail. Errors: kNotFound, kFull, kIo: of the
  /// archive; what was kept before stays.
  Status add(const Path& source);
  /// Makes the last ones durable. Errors: as add().
  Result<Imported> finish();

 private:
  explicit Importer(std::unique_ptr<Intake> intake);

  std::unique_ptr<Intake> intake_;
  SourceWalk walk_;
};

}  // namespace restante::archive
