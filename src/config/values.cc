#include "config/values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "config/address.h"
#include "config/duration.h"
#include "config/size.h"

namespace restante::config {
namespace {

constexpr std::size_t kLabelBytesMax = 63;  // RFC 1035 s.2.3.4.
constexpr std::size_t kProtocolTextBytesMax = 200;
constexpr std::size_t kSeparatorsMax = 8;

Error wrong(std::string_view sentence) { return Error(Errc::kSyntax, std::string(sentence)); }

Error wrong_type(std::string_view expected, const Node& node) {
  return wrong(fmt::format("must be {}, not {}", expected, describe(node.kind)));
}

bool is_label_byte(char c, bool ascii_only) {
  return is_alpha(c) || is_digit(c) || c == '-' || (!ascii_only && !is_ascii(c));
}

bool is_label(std::string_view label, bool ascii_only) {
  // A U-label may have more octets than the A-label that the limit is for (RFC 5890 s.2.3.2.1).
  const bool ascii = std::all_of(label.begin(), label.end(), is_ascii);
  if (label.empty() || (ascii && label.size() > kLabelBytesMax)) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [=](char c) { return is_label_byte(c, ascii_only); });
}

bool is_domain(std::string_view name, bool ascii_only) {
  if (name.size() > limits::kDomainBytesMax) return false;
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot), ascii_only)) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

Result<std::string> domain_name(const Value& value, bool ascii_only) {
  if (value.node.kind != Kind::kString) return wrong_type("a domain name", value.node);
  if (!is_domain(value.node.text, ascii_only))
    return wrong("must be a domain name, as in \"mail.example.com\"");
  return to_lower(value.node.text);
}

bool is_attribute(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.';
  });
}

}  // namespace

Result<bool> boolean(const Value& value) {
  if (value.node.kind != Kind::kBoolean) return wrong_type("true or false", value.node);
  return value.node.boolean;
}

Result<std::string> text(const Value& value) {
  if (value.node.kind != Kind::kString) return wrong_type("a string", value.node);
  if (value.node.text.empty()) return wrong("must not be empty");
  if (std::any_of(value.node.text.begin(), value.node.text.end(), is_control))
    return wrong("must not have control characters in it");
  return value.node.text;
}

Result<std::filesystem::path> path(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  return (value.base / name).lexically_normal();
}

Result<std::string> file_name(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  if (name.find('/') != std::string::npos || name.starts_with('.'))
    return wrong("must be the name of a file, without a folder");
  return name;
}

Result<std::string> attribute(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  if (!is_attribute(name)) return wrong("must be the name of an LDAP attribute, as in \"mail\"");
  return name;
}

Result<std::string> attributes(const Value& value) {
  RESTANTE_TRY(const std::string names, text(value));
  std::string_view rest = names;
  for (bool more = true; more;) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (!is_attribute(rest.substr(0, end)))
      return wrong("must be names of LDAP attributes with one blank between, as in \"mail uid\"");
    more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

Result<std::string> windows_domain(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  if (name.find_first_of("\\/@. ") != std::string::npos)
    return wrong("must be the short name alone, as in \"CORP\"");
  return name;
}

Result<std::string> query(const Value& value) {
  if (value.node.kind != Kind::kString) return wrong_type("a string", value.node);
  const auto odd = [](char c) { return is_control(c) && c != '\n' && c != '\t' && c != '\r'; };
  if (value.node.text.find_first_not_of(" \t\r\n") == std::string::npos)
    return wrong("must not be empty");
  if (std::any_of(value.node.text.begin(), value.node.text.end(), odd))
    return wrong("must not have control characters in it");
  return value.node.text;
}

Result<Address> address(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  return parse_address(name);
}

Result<std::vector<IpNetwork>> networks(const Value& value) {
  if (value.node.kind != Kind::kArray)
    return wrong_type("an array, as in [\"192.0.2.0/24\"]", value.node);
  std::vector<IpNetwork> out;
  for (const Node& item : value.node.items) {
    RESTANTE_TRY(const std::string name, text(Value{item, value.base}));
    auto network = IpNetwork::parse(name);
    if (!network) return wrong(fmt::format("\"{}\" {}", name, network.error().detail));
    out.push_back(*network);
  }
  return out;
}

Result<std::uint32_t> file_mode(const Value& value) {
  constexpr std::string_view kSentence = "must be a mode in octal digits, in quotes: \"0660\"";
  if (value.node.kind != Kind::kString) return wrong(kSentence);
  const std::string& digits = value.node.text;
  const bool octal = digits.size() == 4 && digits.front() == '0' &&
                     digits.find_first_not_of("01234567") == std::string::npos;
  if (!octal) return wrong(kSentence);
  std::uint32_t mode = 0;
  for (const char digit : digits) mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
  return mode;
}

Result<std::string> domain(const Value& value) { return domain_name(value, false); }

Result<std::string> host_name(const Value& value) { return domain_name(value, true); }

Result<FarAddress> far_pop3(const Value& value) {
  RESTANTE_TRY(const std::string address, text(value));
  return parse_far_pop3(address);
}

Result<FarAddress> far_lmtp(const Value& value) {
  RESTANTE_TRY(const std::string address, text(value));
  return parse_far_lmtp(address);
}

Result<std::vector<std::string>> domains(const Value& value) {
  if (value.node.kind != Kind::kArray)
    return wrong_type("an array, as in [\"example.test\"]", value.node);
  std::vector<std::string> out;
  for (const Node& item : value.node.items) {
    RESTANTE_TRY(std::string name, domain(Value{item, value.base}));
    if (std::find(out.begin(), out.end(), name) != out.end())
      return wrong(fmt::format("names {} twice", name));
    out.push_back(std::move(name));
  }
  return out;
}

Result<std::vector<std::string>> pins(const Value& value) {
  constexpr std::size_t kDigits = 64;
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  if (value.node.kind != Kind::kArray) return wrong_type("an array of SHA-256s", value.node);
  std::vector<std::string> out;
  for (const Node& item : value.node.items) {
    RESTANTE_TRY(std::string pin, text(Value{item, value.base}));
    std::erase(pin, ':');
    const bool is_hash = pin.size() == kDigits && pin.find_first_not_of(kHex) == pin.npos;
    if (!is_hash) return wrong("must be SHA-256s of certificates, of 64 hex digits each");
    out.push_back(std::move(pin));
  }
  return out;
}

Result<std::string> issuer_url(const Value& value) {
  RESTANTE_TRY(std::string url, text(value));
  const auto begins = [&url](std::string_view with) { return url.starts_with(with); };
  const bool local = begins("http://127.0.0.1/") || begins("http://127.0.0.1:") ||
                     begins("http://[::1]/") || begins("http://[::1]:") ||
                     begins("http://localhost/") || begins("http://localhost:");
  if (!local && (!begins("https://") || url.size() == std::string_view("https://").size()))
    return Error(Errc::kSyntax, "must begin with https:// (http:// only for 127.0.0.1)");
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) {
    return is_ascii(c) && !is_control(c) && c != ' ' && c != '#' && c != '@';
  });
  if (!printable) return Error(Errc::kSyntax, "must be ASCII without blanks, # and @");
  return url;
}

Result<std::string> protocol_text(const Value& value) {
  if (value.node.kind != Kind::kString) return wrong_type("a string", value.node);
  const std::string& words = value.node.text;
  const auto printable = [](char c) { return is_ascii(c) && !is_control(c); };
  if (words.size() > kProtocolTextBytesMax || !std::all_of(words.begin(), words.end(), printable))
    return wrong(fmt::format("must be printable ASCII, at most {} octets", kProtocolTextBytesMax));
  return words;
}

Result<std::string> separators(const Value& value) {
  constexpr std::string_view kAllowed = "!#$%&'*+-/=?^_`{|}~";  // atext of RFC 5322 s.3.2.3.
  if (value.node.kind != Kind::kString) return wrong_type("a string", value.node);
  const std::string& characters = value.node.text;
  if (characters.size() > kSeparatorsMax ||
      characters.find_first_not_of(kAllowed) != std::string::npos)
    return wrong(fmt::format("must be at most {} characters of {}", kSeparatorsMax, kAllowed));
  return characters;
}

Result<std::uint64_t> integer_between(const Value& value, std::uint64_t min, std::uint64_t max) {
  if (value.node.kind != Kind::kInteger) return wrong_type("a number", value.node);
  const auto number = static_cast<std::uint64_t>(value.node.integer);
  if (value.node.integer < 0 || number < min || number > max)
    return wrong(fmt::format("must be from {} to {}", min, max));
  return number;
}

Result<std::uint64_t> size_between(const Value& value, std::uint64_t min, std::uint64_t max) {
  const Error range =
      wrong(fmt::format("must be from {} to {}", format_size(min), format_size(max)));
  std::uint64_t octets = 0;
  if (value.node.kind == Kind::kInteger) {
    if (value.node.integer < 0) return range;
    octets = static_cast<std::uint64_t>(value.node.integer);
  } else if (value.node.kind == Kind::kString) {
    RESTANTE_TRY(const auto parsed, parse_size(value.node.text));
    octets = parsed;
  } else {
    return wrong_type("a size", value.node);
  }
  if (octets < min || octets > max) return range;
  return octets;
}

Result<std::chrono::seconds> seconds_between(const Value& value, std::chrono::seconds min,
                                             std::chrono::seconds max) {
  if (value.node.kind != Kind::kString)
    return wrong(
        fmt::format("must be a duration as in \"30s\", not {}", describe(value.node.kind)));
  RESTANTE_TRY(const auto duration, parse_duration(value.node.text));
  if (duration < min || duration > max)
    return wrong(fmt::format("must be from {} to {}", to_string(min), to_string(max)));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  if (seconds != duration) return wrong("must be whole seconds");
  return seconds;
}

Error not_a_choice(std::span<const std::string_view> words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return wrong("must be " + list);
}

Result<std::string_view> word(const Value& value, std::span<const std::string_view> known) {
  const auto found = std::find(known.begin(), known.end(), value.node.text);
  if (value.node.kind != Kind::kString || found == known.end()) return not_a_choice(known);
  return *found;
}

Result<std::vector<std::string>> words(const Value& value,
                                       std::span<const std::string_view> known) {
  if (value.node.kind != Kind::kArray)
    return wrong("must be a list of words, as in [\"PLAIN\", \"LOGIN\"]");
  std::vector<std::string> out;
  for (const Node& item : value.node.items) {
    RESTANTE_TRY(const std::string_view one, word(Value{item, value.base}, known));
    if (std::find(out.begin(), out.end(), one) != out.end())
      return wrong(fmt::format("names {} twice", one));
    out.emplace_back(one);
  }
  return out;
}

}  // namespace restante::config
