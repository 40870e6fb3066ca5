// A Maildir, with its sub-folders as Courier and Dovecot have them (Maildir++), into the archive.
// Flags and times come from the names of the files.
#pragma once

#include <string>

#include "archive/exchange/exported_state.h"
#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/source_file.h"

namespace restante::archive {

/// It has cur/, and new/ or tmp/ (Thunderbird's have no new/).
bool is_maildir(const Path& folder);

class MaildirImport {
 public:
  explicit MaildirImport(Intake& intake) : intake_(intake) {}

  /// Files in cur/ and new/ are mail, unless they are empty or not regular. `shown` is the folder's
  /// name in the summary. Errors: kIo, kAuth (folders that cannot be read), kFull.
  Status run(const Path& folder, const std::string& shown);

 private:
  Status take_messages(const Path& folder);
  Status take(const SourceFile& file);

  Intake& intake_;
};

}  // namespace restante::archive
