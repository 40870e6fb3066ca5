#include "base/xclient.h"

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante {
namespace {

constexpr std::string_view kIpv6Prefix = "IPV6:";

Error wrong(const char* what) { return Error(Errc::kSyntax, std::string("XCLIENT: ") + what); }

/// Hexadecimal digits in upper case, as xtext has them; others: -1.
int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Result<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_control(text[at]) || !is_ascii(text[at])) return wrong("a value is not xtext");
    if (text[at] != '+') {
      out += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) return wrong("a value is not xtext");
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

bool is_unknown(std::string_view value) {
  return equals_ignore_case(value, "[UNAVAILABLE]") || equals_ignore_case(value, "[TEMPUNAVAIL]");
}

Status put_address(std::string_view value, XClient& out) {
  if (is_unknown(value)) return ok();
  if (starts_with_ignore_case(value, kIpv6Prefix)) value.remove_prefix(kIpv6Prefix.size());
  const auto address = IpAddress::parse(value);
  if (!address) return wrong("ADDR is no address");
  if (out.address) return wrong("two addresses");
  out.address = *address;
  return ok();
}

Status put_port(std::string_view value, XClient& out) {
  if (is_unknown(value)) return ok();
  const auto port = parse_decimal<std::uint16_t>(value);
  if (!port) return wrong("PORT is no port");
  out.port = *port;
  return ok();
}

Status put(std::string_view name, const std::string& value, XClient& out) {
  if (equals_ignore_case(name, "ADDR")) return put_address(value, out);
  if (equals_ignore_case(name, "PORT")) return put_port(value, out);
  if (equals_ignore_case(name, "SESSION")) out.session = value;
  // Anything but "TLS" is no promise.
  if (equals_ignore_case(name, "CLIENT-TRANSPORT"))
    out.transport =
        equals_ignore_case(value, "TLS") ? XClient::Transport::kTls : XClient::Transport::kClear;
  return ok();
}

}  // namespace

Result<XClient> parse_xclient(std::string_view arguments) {
  XClient out;
  arguments = trim(arguments);
  if (arguments.empty()) return wrong("no attribute");
  while (!arguments.empty()) {
    const std::string_view word = arguments.substr(0, arguments.find(' '));
    arguments = trim(arguments.substr(word.size()));
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos) return wrong("not NAME=value");
    RESTANTE_TRY(const std::string value, decode_xtext(word.substr(equals + 1)));
    RESTANTE_CHECKED(put(word.substr(0, equals), value, out));
  }
  return out;
}

}  // namespace restante
