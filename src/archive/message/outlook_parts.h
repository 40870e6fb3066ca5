// What is within Outlook's winmail.dat, as parts of the message around it: its text where the
// message has none, its files, and the messages attached to it with their texts and files. Pure.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "archive/message/part_list.h"

namespace restante::archive {

struct OutlookPart {
  MimePart part;  ///< Without a number.
  PartContent content;
};

/// The contents look into `octets` and `texts`. At most `parts_max` files.
std::vector<OutlookPart> outlook_parts(std::string_view octets, bool has_text,
                                       std::size_t parts_max, std::deque<std::string>& texts);

}  // namespace restante::archive
