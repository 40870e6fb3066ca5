// Messages as files in a zip file, by libzip. The messages are read when it is finished, one after
// the other, in pieces. A message's comment has its flags and when it arrived.
#pragma once

#include <memory>

#include "archive/exchange/exporter.h"

namespace restante::archive {

/// Errors: kExists, kIo.
Result<std::unique_ptr<Exporter>> open_zip_exporter(const Path& target);

}  // namespace restante::archive
