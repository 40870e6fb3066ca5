// Single header fields, without the rest of a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::archive {

/// Decoded (RFC 2047), one line, well-formed UTF-8.
std::string decoded_value(std::string_view raw);

/// Unix seconds of a date as Date and, behind its last semicolon, Received have it (RFC 5322
/// s.3.3); nothing when it cannot be read.
std::optional<std::int64_t> date_value(std::string_view raw);

}  // namespace restante::archive
