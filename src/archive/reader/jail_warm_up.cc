#include "archive/reader/jail_warm_up.h"

#include <time.h>

#include "text/charsets/charset.h"

namespace restante::archive {

void warm_up() {
  ::tzset();
  // The converters are in memory from the start; a first use finds out what the process has.
  for (const char* const charset : {"iso-8859-2", "gb18030", "iso-2022-jp"})
    static_cast<void>(text::to_utf8("\xe4", charset));
}

}  // namespace restante::archive
