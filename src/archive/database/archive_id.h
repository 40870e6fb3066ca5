// Which archive this is: a random id in ARCHIVE/.restante/id, and a marker outside of the archive
// that says which one a configuration has had. A disk that is not mounted leaves an empty folder.
// No run must begin there: all mail would come, and be handed on, once more.
//
// It knows no configuration: where the marker is, the caller says.
#pragma once

#include <optional>
#include <string>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Marker {
  std::string id;
  Path archive;  ///< Where it was last.
};

/// Nothing: the archive has none, or is not there. Errors: kIo, kAuth, kCorrupt.
Result<std::optional<std::string>> id_of(const Path& archive);
/// Nothing: no archive was ever begun. Errors: kIo, kAuth, kCorrupt.
Result<std::optional<Marker>> read_marker(const Path& file);

/// Whether what is in `archive` may be the archive of the marker, or there is no marker. Changes
/// nothing. Errors: kIo (it is another one, or none; the detail says what to do), kCorrupt.
Status check_archive(const Path& archive, const Path& marker);

/// The same before something is written: an archive that has no id gets one, and then the marker is
/// made, both durably. The result is empty, or says why the marker could not be written, which is
/// no failure. Errors: as check_archive(), kFull, kAuth.
Result<std::string> claim_archive(const Path& archive, const Path& marker);

/// From now on the archive is what is in `archive`, also against the marker; the id. An archive
/// that has mail and has lost its id gets the marker's. Errors: kIo, kFull, kAuth.
Result<std::string> begin_archive(const Path& archive, const Path& marker);

}  // namespace restante::archive
