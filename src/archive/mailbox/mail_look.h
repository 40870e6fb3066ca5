// Whether a file looks like a mail message (RFC 5322), so that an import takes no pictures
// and no lists of ids for mail. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::archive {

/// The part of a file that is looked at.
inline constexpr std::size_t kLookBytes = 64U << 10;

/// `beginning`: the first octets of the file. A message begins with header fields, one of which is
/// a field of mail.
bool looks_like_mail(std::string_view beginning);

}  // namespace restante::archive
