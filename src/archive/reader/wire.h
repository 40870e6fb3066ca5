// Requests and answers as octets: numbers of eight octets in the machine's order (both ends are one
// program on one machine), texts and lists behind their lengths. The unpacking side trusts nothing:
// a length that is not there, or text that is no UTF-8, is no answer. Each structure says its
// members once, for both ways; one that gets a member more does not compile until it is said here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/message/index_entry.h"
#include "archive/reader/request.h"

namespace restante::archive {

std::string packed(const Request& request);
std::string packed(const Reading& reading);
std::string packed(const IndexEntry& entry);
/// A date; nothing: it cannot be read.
std::string packed(const std::optional<std::int64_t>& date);

/// Nothing when the octets are not exactly one of that kind.
std::optional<Request> unpack_request(std::string_view octets);
std::optional<Reading> unpack_reading(std::string_view octets);
std::optional<IndexEntry> unpack_entry(std::string_view octets);
std::optional<std::optional<std::int64_t>> unpack_date(std::string_view octets);

}  // namespace restante::archive
