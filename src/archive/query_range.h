// The values of date:, arrived:, size: and id: in a query. It is told the time, and asks for the
// time zone alone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "archive/query.h"
#include "base/result.h"

namespace restante::archive {

/// "2024", "2024-03", "2024-03-05", "7d" (and h, w, m, y: that long ago), "today", "yesterday", and
/// from..to of them, one of which may be missing. The end is included: "2024..2025" ends with 2025.
/// Days are those of the time zone (local_day.h), as lists show them. A moment as JSON has it,
/// "2024-03-05T08:00:00Z" (RFC 3339), is the time since then.
/// Errors: kSyntax, with what to write.
Result<RangeTerm> parse_date_range(std::string_view text, std::chrono::sys_seconds now);

/// The same of when it was received.
Result<RangeTerm> parse_arrived_range(std::string_view text, std::chrono::sys_seconds now);

/// "42..", "..42", "42..50": numbers of messages, both ends included. Nothing: it is no such range.
std::optional<RangeTerm> parse_id_range(std::string_view text);

/// "1M..", "..10k", "100..200": bytes, with k, M or G of 1024. A lone size is a lower limit.
/// Errors: kSyntax.
Result<RangeTerm> parse_size_range(std::string_view text);

}  // namespace restante::archive
