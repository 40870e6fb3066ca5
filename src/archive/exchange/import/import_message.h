// A file that is one message, into the archive.
#pragma once

#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/source_file.h"

namespace restante::archive {

/// Its octets as they are; where they are LF lines only they stand for CRLF, unless a checksum in
/// its name says otherwise. A file that cannot be read is counted. Errors: kFull, kIo, of the
/// archive.
Status import_message(Intake& intake, const SourceFile& file, const Told& told);

}  // namespace restante::archive
