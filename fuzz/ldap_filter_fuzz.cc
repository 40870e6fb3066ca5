// A filter's template and a name, a line each: the name's octets come back out of the filter as
// they went in, and nothing of them means anything to LDAP. Read with the rules of RFC 4515 s.3, as
// a server would.

#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/ldap/filter.h"
#include "accounts/names/names.h"
#include "base/ascii.h"
#include "base/check.h"

namespace {

using namespace restante::accounts;  // NOLINT(google-build-using-namespace): a program of its own

int hex_value(char c) {
  const std::size_t place = std::string_view("0123456789abcdef").find(c);
  RESTANTE_CHECK(place != std::string_view::npos);
  return static_cast<int>(place);
}

/// What a server takes an escaped value for; fails where a character is not a plain one.
std::string unescape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    RESTANTE_CHECK(restante::is_ascii(c) && !restante::is_control(c));
    RESTANTE_CHECK(std::string_view("()*&|!=<>~:,; \"/{}").find(c) == std::string_view::npos);
    if (c != '\\') {
      out += c;
      continue;
    }
    RESTANTE_CHECK(i + 2 < value.size());
    out += static_cast<char>(16 * hex_value(value[i + 1]) + hex_value(value[i + 2]));
    i += 2;
  }
  return out;
}

/// The filter is the template's text with a value in each place, and nothing else.
void check_filled(std::string_view pattern, std::string_view filter, std::string_view name) {
  while (!pattern.empty()) {
    std::string_view part;
    std::size_t size = 0;
    if (pattern.starts_with("{name}")) part = name, size = 6;
    if (pattern.starts_with("{local}")) part = local_part_of(name), size = 7;
    if (pattern.starts_with("{domain}")) part = domain_of(name), size = 8;
    const std::string value =
        size == 0 ? std::string(pattern.substr(0, 1)) : ldap::escape_filter_value(part);
    RESTANTE_CHECK(filter.starts_with(value));
    filter.remove_prefix(value.size());
    pattern.remove_prefix(size == 0 ? 1 : size);
  }
  RESTANTE_CHECK(filter.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), size);
  const std::string_view pattern = input.substr(0, line);
  const std::string_view rest = input.substr(std::min(line + 1, size));
  RESTANTE_CHECK(unescape(ldap::escape_filter_value(rest)) == rest);
  const bool fits = ldap::check_filter(pattern).has_value();
  RESTANTE_CHECK(!fits || pattern.starts_with('('));
  const auto name = canonical_alias(rest, NameRules("x.test", false));
  if (!name) return 0;
  const std::string filter = ldap::fill_filter(pattern, *name);
  check_filled(pattern, filter, *name);
  // A filter that could be filled can be read as one: no brace of a name's came in by it.
  if (fits) RESTANTE_CHECK(ldap::check_filter(filter).has_value());
  return 0;
}
