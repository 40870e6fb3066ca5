// What a reader loads before its jail, where no file is opened any more.
#pragma once

namespace restante::archive {

/// The time zone, and the converters that iconv keeps in files of their own.
void warm_up();

}  // namespace restante::archive
