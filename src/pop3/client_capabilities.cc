#include "pop3/client_capabilities.h"

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::pop3 {
namespace {

// A server that never ends its list must not take memory for ever.
constexpr std::size_t kLinesMax = 100;

void add_words(std::string_view words, std::string& out) {
  while (!(words = trim(words)).empty()) {
    const std::string_view word = words.substr(0, words.find_first_of(" \t"));
    if (!out.empty()) out += ' ';
    out += to_upper(word);
    words.remove_prefix(word.size());
  }
}

}  // namespace

void Capabilities::add(std::string_view line) {
  line = trim(line);
  // Kept as they came, too: `check` shows them to a person.
  if (lines.size() < kLinesMax) lines.emplace_back(line);
  const std::string name = to_upper(line.substr(0, line.find_first_of(" \t")));
  const std::string_view rest = trim(line.substr(name.size()));
  if (name == "STLS") stls = true;
  if (name == "USER") user = true;
  if (name == "TOP") top = true;
  if (name == "UIDL") uidl = true;
  if (name == "PIPELINING") pipelining = true;
  if (name == "RESP-CODES") response_codes = true;
  if (name == "AUTH-RESP-CODE") auth_response_code = true;
  if (name == "UTF8") utf8 = true;
  if (name == "SASL-IR") sasl_ir = true;
  if (name == "SASL") add_words(rest, sasl);
  if (name == "EXPIRE") expire = to_upper(rest);
  if (name == "IMPLEMENTATION") implementation = rest;
  if (name == "LOGIN-DELAY")
    // RFC 2449 s.6.5 allows "USER" behind the number, which says that it differs from user to user.
    if (const auto seconds = parse_decimal<std::uint32_t>(rest.substr(0, rest.find(' '))))
      login_delay_seconds = *seconds;
}

}  // namespace restante::pop3
