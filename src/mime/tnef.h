// Outlook's winmail.dat (MS-OXTNEF): the files in it, and the text where it has one. A list of
// attributes with lengths, and in some of them a list of properties; nothing is built, all results
// are views. Messages within and compressed RTF are left where they are. Pure; linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restante::mime {

struct TnefFile {
  std::string_view name;  ///< Octets of `Tnef::charset`, or of UTF-16 (`is_wide`).
  bool is_wide = false;
  std::string_view octets;
};

struct Tnef {
  std::string charset;  ///< "windows-1252", from its code page; empty: it says none.
  std::string_view text;
  std::string text_type;      ///< "text/plain", "text/html"; empty: there is none.
  bool text_is_wide = false;  ///< The text is of UTF-16.
  std::vector<TnefFile> files;
};

/// Nothing is in the result when it is no TNEF; of one that is cut, what comes before. At most
/// `files_max` files.
Tnef read_tnef(std::string_view octets, std::size_t files_max);

}  // namespace restante::mime
