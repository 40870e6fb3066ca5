// A message of Apple Mail, into the archive: a line with the number of its octets, the octets, and
// a property list with its flags and when it was received.
#pragma once

#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/source_file.h"

namespace restante::archive {

/// What the property list says.
Told told_by_plist(std::string_view plist);

/// A file that is shorter than its first line says is taken as far as it goes, and told as a
/// failure. Errors: kFull, kIo, of the archive; kNotFound, kAuth, of the file.
Status import_emlx(Intake& intake, const SourceFile& file);

}  // namespace restante::archive
