// The small values of protocols and settings: numbers, durations, sizes, listening addresses,
// language tags, UTF-8. A value that is taken is exact, so that writing it and reading it again
// gives the same.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "base/numbers.h"
#include "config/address.h"
#include "config/duration.h"
#include "config/nearest.h"
#include "config/size.h"
#include "pop3/language.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

void check_numbers(std::string_view text) {
  const auto wide = parse_decimal<std::uint64_t>(text);
  const auto narrow = parse_decimal<std::uint16_t>(text);
  if (wide) RESTANTE_CHECK(std::to_string(*wide) == text);
  RESTANTE_CHECK(narrow.has_value() == (wide && *wide <= UINT16_MAX));
  if (narrow) RESTANTE_CHECK(*narrow == *wide);
}

void check_settings(std::string_view text) {
  if (const auto duration = config::parse_duration(text)) {
    RESTANTE_CHECK(duration->count() >= 0);
    RESTANTE_CHECK(config::parse_duration(config::to_string(*duration)).value() == *duration);
  }
  if (const auto size = config::parse_size(text))
    RESTANTE_CHECK(config::parse_size(config::format_size(*size)).value() == *size);
  if (const auto address = config::parse_address(text)) {
    const auto second = config::parse_address(address->to_string());
    RESTANTE_CHECK(second && second->host == address->host && second->port == address->port);
    RESTANTE_CHECK(second->passed_as == address->passed_as);
    RESTANTE_CHECK(second->unix_path == address->unix_path);
  }
}

void check_text(std::string_view text) {
  RESTANTE_CHECK(equals_ignore_case(text, to_upper(text)));
  RESTANTE_CHECK(to_lower(to_upper(text)) == to_lower(text));
  RESTANTE_CHECK(is_utf8(text) || !std::ranges::all_of(text, is_ascii));
  // Cut at a character, valid text stays valid.
  for (std::size_t i = 0; i < text.size() && is_utf8(text); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U)
      RESTANTE_CHECK(is_utf8(text.substr(0, i)) && is_utf8(text.substr(i)));
  if (const auto language = pop3::find_language(text)) RESTANTE_CHECK(!text.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data),
                              std::min<std::size_t>(size, 200));
  check_numbers(text);
  check_settings(text);
  check_text(text);
  return 0;
}
