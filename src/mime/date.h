// When a message was written, and when it was received: dates in all forms that mail has. Pure;
// linear in the field's length; never fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace restante::mime {

/// No more of a field is read.
inline constexpr std::size_t kDateBytesMax = 1000;

/// Unix seconds, negative before 1970, of what stands behind "Date:"; nothing if it is no time that
/// can be: a 13th month, a 32nd day, a year before 1900. A wrong or missing weekday does not
/// matter; without a zone it is UTC, without seconds they are 0, without a time it is midnight.
/// RFC 5322 s.3.3 and s.4.3, ISO 8601, asctime(3), and what is between them. In decoded_words.cc:
/// encoded words need charsets, which a program that reads plain dates alone does without.
std::optional<std::int64_t> parse_date(std::string_view raw);

/// The same, but encoded words count for nothing.
std::optional<std::int64_t> plain_date(std::string_view raw);

/// As plain_date(), of what stands behind "Received:": its date is behind the last semicolon, or
/// without one at its end.
std::optional<std::int64_t> received_date(std::string_view raw);

}  // namespace restante::mime
