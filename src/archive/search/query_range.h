// The values of date:, arrived:, size: and id: in a query. It is told the time, and asks for the
// time zone alone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "archive/search/query.h"
#include "base/result.h"

namespace restante::archive {

/// A date as date_span() takes it (query_date.h), from..to of them, one of which may be missing, or
/// >, >=, < or <= and one. The end is included: "2024..2025" ends with 2025; ">2024" begins with
/// 2025. A lone moment is the time since then.
/// Errors: kSyntax, with what to write.
Result<RangeTerm> parse_date_range(std::string_view text, std::chrono::sys_seconds now);

/// The same of when it was received.
Result<RangeTerm> parse_arrived_range(std::string_view text, std::chrono::sys_seconds now);

/// "42..", "..42", "42..50": numbers of messages, both ends included. Nothing: it is no such range.
std::optional<RangeTerm> parse_id_range(std::string_view text);

/// "1M..", "..10k", "100..200", ">1.5MB": bytes, with k, M or G of 1024. A lone size is a lower
/// limit.
/// Errors: kSyntax.
Result<RangeTerm> parse_size_range(std::string_view text);

}  // namespace restante::archive
