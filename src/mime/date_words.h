// Months and zones of time as mail names them. Pure. RFC 5322 s.3.3, s.4.3.
#pragma once

#include <optional>
#include <string_view>

namespace restante::mime {

/// 1..12, in English and in other languages that mail is dated in; 0: no month's name. The first
/// three letters do.
int month_of(std::string_view word);

/// Minutes east of UTC of a zone's name ("EST", "cest", "Z"); nothing for what is none. Single
/// letters are UTC, as RFC 5322 wants it: senders have meant them either way.
std::optional<int> zone_of_name(std::string_view name);

/// The same of digits behind a sign: "0200", "02:00", "600", "2". Nothing if no zone is that far.
std::optional<int> zone_of_digits(std::string_view digits);

}  // namespace restante::mime
