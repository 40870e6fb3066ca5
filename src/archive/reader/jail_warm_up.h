// What a reader loads before its jail, where no file is opened any more.
#pragma once

namespace restante::archive {

/// The time zone, and the converters of charsets.
void warm_up();

}  // namespace restante::archive
