#include "archive/reader/jail_warm_up.h"

#include <iconv.h>
#include <time.h>

namespace restante::archive {
namespace {

// Those that mail uses most. One that is not here is as one that nobody knows.
constexpr const char* kCharsets[] = {"WINDOWS-1252", "ISO-8859-1",   "ISO-8859-2",  "ISO-8859-15",
                                     "KOI8-R",       "WINDOWS-1251", "GB18030",     "CP932",
                                     "CP949",        "CP950",        "ISO-2022-JP", "EUC-JP",
                                     "BIG5-HKSCS",   "UTF-16",       "UTF-7",       "ISO-8859-8"};

}  // namespace

void warm_up() {
  ::tzset();
  // They stay open: what is closed is unloaded.
  for (const char* const charset : kCharsets) static_cast<void>(::iconv_open("UTF-8", charset));
}

}  // namespace restante::archive
