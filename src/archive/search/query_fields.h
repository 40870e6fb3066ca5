// The names that may stand before a colon in a query, and what they mean. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/search/query.h"

namespace restante::archive {

/// What is asked for by a field that is no text.
enum class ColumnField : std::uint8_t {
  kAccount,
  kId,
  kMessageId,
  kThread,
  kDate,
  kBefore,
  kAfter,
  kSince,
  kUntil,
  kArrived,
  kSize,
  kLarger,
  kSmaller,
  kIs,
  kHas,
};

/// Nothing: it is no field of text. `header` is what stood behind "header:".
std::optional<TextTerm> text_field(std::string_view name, std::string_view header);
std::optional<ColumnField> column_field(std::string_view name);
std::optional<Property> state_named(std::string_view name);

/// What to write instead of a field that there is not.
std::string no_such_field(std::string_view name);

}  // namespace restante::archive
