// Messages as mbox files (mboxrd, mbox.h), with their flags in lines above them.
#pragma once

#include <memory>

#include "archive/exchange/exporter.h"

namespace restante::archive {

/// One new file. Errors: kExists, kIo, kFull, kAuth.
Result<std::unique_ptr<Exporter>> open_mbox_exporter(const Path& target);

/// A folder for Thunderbird's "Local Folders": an empty mail folder "Restante", and below it, in
/// "Restante.sbd", one for each account. Errors: kExists (there is such a folder), kIo, kFull,
/// kAuth.
Result<std::unique_ptr<Exporter>> open_thunderbird_exporter(const Path& target);

}  // namespace restante::archive
