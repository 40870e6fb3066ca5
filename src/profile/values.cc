#include "profile/values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/ip.h"
#include "base/numbers.h"
#include "profile/places.h"

namespace restante::profile {
namespace {

using config::Kind;
using config::Value;

constexpr std::size_t kAccountNameMax = 64;
constexpr std::size_t kHostMax = 253;  // RFC 1035 s.2.3.4, without the root's dot.
constexpr std::size_t kSha256HexDigits = 64;

bool is_host(std::string_view name) {
  const auto fits = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || !is_ascii(c);
  };
  return !name.empty() && name.size() <= kHostMax && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_ip(std::string_view text) { return IpAddress::parse(text).has_value(); }

Result<std::string> one_pin(const Value& value) {
  RESTANTE_TRY(const std::string written, config::text(value));
  std::string_view rest = written;
  if (rest.starts_with("sha256:")) rest.remove_prefix(7);
  std::string digits;
  for (const char c : rest)
    if (c != ':') digits += to_lower(c);
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  if (digits.size() != kSha256HexDigits || !std::all_of(digits.begin(), digits.end(), is_hex))
    return config::wrong_value(
        "must be the SHA-256 of a certificate, 64 hex digits; restante probe shows it");
  return digits;
}

/// Takes "host", "host:port" or "[v6]:port" apart; `port` keeps its value when none is given.
Status split_host_port(std::string_view text, std::string& host, std::uint16_t& port) {
  std::string_view digits;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !is_ip(text.substr(1, close - 1)))
      return config::wrong_value("must have an IPv6 address in its brackets");
    host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (!text.empty() && text.front() != ':')
      return config::wrong_value("must have \":PORT\" after \"]\"");
    digits = text.empty() ? text : text.substr(1);
  } else {
    const auto colon = text.rfind(':');
    host = text.substr(0, colon);
    if (colon != std::string_view::npos) digits = text.substr(colon + 1);
  }
  if (!is_host(host) && !is_ip(host)) return config::wrong_value("must have the name of a host");
  if (digits.empty()) return ok();
  const auto number = parse_decimal<std::uint16_t>(digits);
  if (!number || *number == 0) return config::wrong_value("must have a port from 1 to 65535");
  port = *number;
  return ok();
}

}  // namespace

Result<std::filesystem::path> user_path(const Value& value) {
  RESTANTE_TRY(const std::string name, config::text(value));
  if (name.starts_with('~') && name != "~" && !name.starts_with("~/"))
    return config::wrong_value("must not begin with \"~name\": \"~\" is your own folder alone");
  if (name.starts_with('~') && home_folder().empty())
    return config::wrong_value("has a \"~\", but HOME is not set");
  return expand(name, value.base);
}

Result<std::string> account_name(const Value& value) {
  RESTANTE_TRY(std::string name, config::text(value));
  const auto fits = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '@' || c == '+';
  };
  if (name.size() > kAccountNameMax || name.front() == '.' || name.front() == '-' ||
      !std::all_of(name.begin(), name.end(), fits))
    return config::wrong_value(
        "names a folder, too: at most 64 letters, digits and -_.@+, and neither . nor - first");
  return name;
}

Result<std::string> host(const Value& value) {
  RESTANTE_TRY(const std::string name, config::text(value));
  if (!is_host(name) && !is_ip(name))
    return config::wrong_value("must be the name or the IP address of a host, without a port");
  return to_lower(name);
}

Result<SecretString> secret(const Value& value) {
  if (value.node.kind != Kind::kString || value.node.text.empty())
    return config::wrong_value("must be a string that is not empty");
  if (std::any_of(value.node.text.begin(), value.node.text.end(), is_control))
    return config::wrong_value("must not have control characters in it");
  return SecretString(value.node.text);
}

Result<CommandText> command(const Value& value) {
  CommandText parsed;
  if (value.node.kind != Kind::kArray) {
    RESTANTE_TRY(std::string line, config::text(value));
    parsed.line = std::move(line);
    return parsed;
  }
  for (const config::Node& item : value.node.items) {
    if (item.kind != Kind::kString) return config::wrong_value("must be an array of strings");
    parsed.words.push_back(item.text);
  }
  if (parsed.words.empty() || parsed.words.front().empty())
    return config::wrong_value("must name a program");
  return parsed;
}

Result<Proxy> proxy(const Value& value) {
  RESTANTE_TRY(const std::string text, config::text(value));
  std::string_view rest = text;
  Proxy parsed;
  if (rest.starts_with("socks5://")) {
    rest.remove_prefix(9);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    parsed.kind = Proxy::Kind::kHttp;
    parsed.port = 8080;
  } else {
    return config::wrong_value("must be socks5://host:port or http://host:port");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = rest.substr(0, at);
    const auto colon = login.find(':');
    parsed.user = login.substr(0, colon);
    if (colon != std::string_view::npos) parsed.password = SecretString(login.substr(colon + 1));
    rest.remove_prefix(at + 1);
  }
  RESTANTE_CHECKED(split_host_port(rest, parsed.host, parsed.port));
  return parsed;
}

Result<std::vector<std::string>> pins(const Value& value) {
  std::vector<std::string> found;
  if (value.node.kind != Kind::kArray) {
    RESTANTE_TRY(auto pin, one_pin(value));
    found.push_back(std::move(pin));
    return found;
  }
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(auto pin, one_pin(Value{item, value.base}));
    found.push_back(std::move(pin));
  }
  return found;
}

Result<std::vector<std::string>> texts(const Value& value) {
  std::vector<std::string> found;
  if (value.node.kind != Kind::kArray) {
    RESTANTE_TRY(auto text, config::text(value));
    found.push_back(std::move(text));
    return found;
  }
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(auto text, config::text(Value{item, value.base}));
    found.push_back(std::move(text));
  }
  return found;
}

Result<std::string> socket_address(const Value& value) {
  RESTANTE_TRY(const std::string text, config::text(value));
  if (text.starts_with("unix:/")) return text;
  std::string name;
  std::uint16_t port = 0;
  const Status split = split_host_port(text, name, port);
  if (!split || port == 0) return config::wrong_value("must be \"host:port\" or \"unix:/path\"");
  return text;
}

}  // namespace restante::profile
