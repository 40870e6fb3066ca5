// Copies of files that are whole and on the disk once they have their names: written under other
// names, synced together, then renamed. A run that is killed leaves names ending in ".part", which
// do not count.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "base/result.h"

namespace restante::archive {

class SyncedCopies {
 public:
  /// Copies a file; what is at `to` is replaced, at the latest by finish(). The checksums of what
  /// was written. Errors: kNotFound (the source), kFull, kIo, kAuth.
  Result<FileSums> add(const Path& from, const Path& to);
  /// All are durable, under their names.
  Status finish();

 private:
  std::vector<std::pair<Path, Path>> waiting_;  // Its name now, and then.
};

/// A small file, whole and durable, in the place of what was there. Errors: kFull, kIo, kAuth.
Status put_file(const Path& file, std::string_view content);

}  // namespace restante::archive
