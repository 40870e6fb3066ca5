// Courier's courierpop3dsizelist of a Maildir: the unique ids that its POP3 server gives out. It
// has had four forms: file names as ids (no header), a number ("/1"), a number and the time of the
// list's beginning ("/2", "/3"). Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::migrate {

struct CourierList {
  int version = 0;                                       ///< 0 to 3.
  std::map<std::string, std::string, std::less<>> uids;  ///< By file name, before ":".
  std::size_t unreadable = 0;
};

/// Errors: kSyntax (a version that is not known), kLimit (too many lines).
Result<CourierList> parse_courier_list(std::string_view text);

/// A file's name as Courier makes an id of it: a character that is not plain becomes +XX.
std::string courier_name_uid(std::string_view file_name);

}  // namespace restante::migrate
