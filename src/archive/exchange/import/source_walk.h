// What a person names as a source of mail: a file, a Maildir, a folder with such things; into the
// archive. It ends in every tree: links to folders are not followed, and a file with several names
// is taken once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "archive/exchange/exported_state.h"
#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/mh_folder.h"
#include "archive/exchange/import/source_file.h"

namespace restante::archive {

class SourceWalk {
 public:
  explicit SourceWalk(Intake& intake) : intake_(intake) {}

  /// Errors: kNotFound, kIo, kAuth (the source itself), kFull, kIo (the archive).
  Status add(const Path& source);

 private:
  Status add_folder(const Path& folder, const std::string& shown, unsigned depth);
  Status add_in_folder(const Path& path, const std::string& shown, unsigned depth);
  /// `shown` is the folder that it lies in; empty: it was named itself.
  Status add_file(const Path& path, const std::string& shown);
  Status add_content(const SourceFile& file, const std::string& shown, bool unpacked);
  Status add_zip(const SourceFile& file);
  [[nodiscard]] Told told_of(const SourceFile& file) const;

  Intake& intake_;
  ExportedState state_;
  std::map<Path, MhSequences> mh_;  // By folder.
  std::set<FileIdentity> seen_;     // Folders, and files that have several names.
};

}  // namespace restante::archive
