// Outlook's winmail.dat (MS-OXTNEF): the files in it, and the text where it has one. A list of
// attributes with lengths, and in some of them a list of properties; nothing is built, its files
// and texts are views. Messages within and compressed RTF are found, and not opened. Pure; linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restante::mime {

struct TnefFile {
  std::string_view name;  ///< Octets of `Tnef::charset`, or of UTF-16 (`is_wide`).
  bool is_wide = false;
  std::string_view octets;
  bool is_message = false;  ///< The octets are TNEF again.
};

struct Tnef {
  std::string charset;  ///< "windows-1252", from its code page; empty: it says none.
  std::string_view text;
  std::string text_type;      ///< "text/plain", "text/html"; empty: there is none.
  bool text_is_wide = false;  ///< The text is of UTF-16.
  std::string_view rtf;       ///< Compressed (MS-OXRTFCP); may be empty.
  std::string subject;        ///< UTF-8, as those below.
  std::string sender;
  std::string date;  ///< When it was sent, by the sender's clock: "2003-07-01 10:52:37".
  std::vector<TnefFile> files;
};

/// Nothing is in the result when it is no TNEF; of one that is cut, what comes before. At most
/// `files_max` files.
Tnef read_tnef(std::string_view octets, std::size_t files_max);

}  // namespace restante::mime
