// The keys of [pop3].
#include <algorithm>

#include "base/ascii.h"
#include "config/keys.h"
#include "pop3/server_session.h"

namespace restante::pop3 {
namespace {

using config::kBoolean;
using config::key;
using config::OneOf;
using config::Plain;

constexpr std::size_t kImplementationBytesMax = 200;

constexpr auto kUtf8Mails = std::to_array<config::Choice<Utf8Policy>>(
    {{"send", Utf8Policy::kSend}, {"refuse", Utf8Policy::kRefuse}});

/// Printable ASCII; may be empty.
Result<std::string> protocol_text(const config::Value& value) {
  if (value.node.kind != config::Kind::kString) return config::wrong_type("a string", value.node);
  const std::string& words = value.node.text;
  // It stands in a line of CAPA, where anything else would be another capability.
  const auto printable = [](char c) { return is_ascii(c) && !is_control(c); };
  if (words.size() > kImplementationBytesMax || !std::ranges::all_of(words, printable))
    return config::wrong_value(
        fmt::format("must be printable ASCII, at most {} octets", kImplementationBytesMax));
  return words;
}

}  // namespace

const config::Keys<ServerSettings>& keys() {
  static const config::Keys<ServerSettings> keys = {
      key("apop", &ServerSettings::apop_enabled, kBoolean,
          "Offers APOP (RFC 1939 s.7). It needs secrets that are stored as `{PLAIN}`, and MD5 "
          "protects them badly: for old clients only."),
      key("last", &ServerSettings::last_enabled, kBoolean,
          "Answers LAST, which RFC 1725 took out of POP3. For old clients only."),
      key("implementation", &ServerSettings::implementation,
          Plain(protocol_text, "ASCII, up to 200 octets"),
          "The IMPLEMENTATION line of CAPA (RFC 2449 s.6.9). `\"\"` hides it."),
      key("utf8_mail", &ServerSettings::utf8_policy, OneOf(kUtf8Mails),
          "The answer for a message that needs UTF8 to a client that has not said it (RFC 6856): "
          "its octets, or `-ERR [UTF8]`."),
  };
  return keys;
}

}  // namespace restante::pop3
