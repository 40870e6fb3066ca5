// The operator's SQL, read as far as its parameters go: PostgreSQL wants exactly as many values as
// the text has places. Pure text; knows no connection.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::postgresql {

/// The whole name, its local part, its domain.
inline constexpr std::size_t kParametersMax = 3;

/// The highest number of the text's parameters ($1, $2, …), outside strings, quoted names and
/// comments; 0: it has none.
std::size_t count_parameters(std::string_view sql);

/// ok() when there is a value for each parameter. Errors: kSyntax, saying what is wrong.
Status check_query(std::string_view sql);

}  // namespace restante::accounts::postgresql
