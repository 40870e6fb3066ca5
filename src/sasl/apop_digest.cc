#include "sasl/apop_digest.h"

#include <algorithm>

#include "base/secret_string.h"
#include "sasl/crypto.h"

namespace restante::sasl {
namespace {

/// msg-id as RFC 1939 s.7 wants it. Collisions of MD5 that give characters of the password away
/// need octets that are none of these.
bool is_timestamp(std::string_view text) {
  if (text.size() < 5 || text.front() != '<' || text.back() != '>') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  const auto fits = [](char c) { return c > ' ' && c < '\x7f' && c != '<' && c != '>'; };
  const std::size_t at = inside.find('@');
  return std::all_of(inside.begin(), inside.end(), fits) && at != inside.npos && at != 0 &&
         at + 1 != inside.size() && inside.find('@', at + 1) == inside.npos;
}

}  // namespace

std::string_view find_apop_timestamp(std::string_view greeting) {
  const std::size_t begin = greeting.find('<');
  const std::size_t end = begin == greeting.npos ? begin : greeting.find('>', begin);
  // A server that has no APOP has no timestamp in its greeting, and one in a wrong form counts as
  // none.
  if (end == greeting.npos) return {};
  const std::string_view found = greeting.substr(begin, end - begin + 1);
  return is_timestamp(found) ? found : std::string_view();
}

Result<std::string> apop_digest(std::string_view timestamp, std::string_view password) {
  // Checked here, too: no caller can be made to sign what an attacker has chosen.
  if (!is_timestamp(timestamp)) return Error(Errc::kSyntax, "APOP timestamp");
  std::string text(timestamp);
  append_secret(text, password);
  auto digest = md5_hex(text);
  wipe(text);
  return digest;
}

}  // namespace restante::sasl
