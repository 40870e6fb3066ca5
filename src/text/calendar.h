// An invitation as a few lines of text: what, when, where, from whom, and what is asked or answered
// (RFC 5545, RFC 5546). Pure; linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// `calendar` is UTF-8. At most `bytes_max` bytes; empty: there is no event or task in it. Times
/// are as written, with their zone's name, since the zone's rules are the sender's.
std::string calendar_text(std::string_view calendar, std::size_t bytes_max);

}  // namespace restante::text
