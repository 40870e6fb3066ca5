// Octets of one certain charset as UTF-8: ICU's converters, the sets that it lacks, and the
// escapes of ISO 2022, which are read here because mail's are wider than ICU's. Everything is
// opened once a thread and kept; no file is opened, so that it works in a jail.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

struct Converted {
  std::string text;            ///< Well-formed UTF-8.
  std::size_t errors = 0;      ///< U+FFFD in it: octets that mean nothing in this charset.
  std::size_t characters = 0;  ///< Those that are not ASCII, errors among them.
};

/// `name` is one of charset_meant()'s or detected_charset()'s. A name that has no converter gives
/// errors alone. No C1 control comes out of a single-byte set: what stands there in the matching
/// set of Windows, else U+FFFD.
Converted convert(std::string_view octets, std::string_view name);

/// ICU's name of the converter with this alias; empty if it has none. It lives forever.
std::string_view converter_name(std::string_view alias);

/// One character is one octet.
bool is_single_byte(std::string_view name);

}  // namespace restante::text
