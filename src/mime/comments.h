// Comments in structured fields: in parentheses, one in another. Pure. RFC 5322 s.3.2.2.
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::mime {

/// The length of the comment that `text` begins with, its parentheses included; 0 if it begins
/// with none, or with one that never ends. The latter makes `has_ends` false, and later calls on
/// the rest of the same text do not look again: all of them together are linear.
std::size_t comment_length(std::string_view text, bool& has_ends);

}  // namespace restante::mime
