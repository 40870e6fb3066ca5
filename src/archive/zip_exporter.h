// Messages as files in a zip file, by libzip. The messages are read when it is finished, one after
// the other, in pieces.
#pragma once

#include <memory>

#include "archive/exporter.h"

namespace restante::archive {

/// Errors: kExists, kIo.
Result<std::unique_ptr<Exporter>> open_zip_exporter(const Path& target);

}  // namespace restante::archive
