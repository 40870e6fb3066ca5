#include "config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/ascii.h"
#include "base/limits.h"
#include "config/duration.h"
#include "config/size.h"

namespace restante::config {
namespace {

constexpr std::size_t kLabelBytesMax = 63;  // RFC 1035 s.2.3.4.

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
    return wrong_value("must be a domain name, as in \"mail.example.com\"");
  return to_lower(value.node.text);
}

/// "must be a, b or c".
Error not_a_choice(std::span<const std::string_view> words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return wrong_value("must be " + list);
}

/// 10,000; large powers of two as such.
std::string grouped(std::uint64_t number) {
  constexpr std::uint64_t kAsPower = 1ULL << 31;
  if (number >= kAsPower && std::has_single_bit(number))
    return fmt::format("2^{}", std::countr_zero(number));
  std::string digits = fmt::format("{}", number);
  if (number < 10'000) return digits;
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

Error wrong_value(std::string_view sentence) { return Error(Errc::kSyntax, std::string(sentence)); }

Error wrong_type(std::string_view expected, const Node& node) {
  return wrong_value(fmt::format("must be {}, not {}", expected, describe(node.kind)));
}

Result<bool> boolean(const Value& value) {
  if (value.node.kind != Kind::kBoolean) return wrong_type("true or false", value.node);
  return value.node.boolean;
}

Result<std::string> text(const Value& value) {
  if (value.node.kind != Kind::kString) return wrong_type("a string", value.node);
  if (value.node.text.empty()) return wrong_value("must not be empty");
  if (std::any_of(value.node.text.begin(), value.node.text.end(), is_control))
    return wrong_value("must not have control characters in it");
  return value.node.text;
}

Result<std::filesystem::path> path(const Value& value) {
  RESTANTE_TRY(const std::string name, text(value));
  return (value.base / name).lexically_normal();
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
    if (!network) return wrong_value(fmt::format("\"{}\" {}", name, network.error().detail));
    out.push_back(*network);
  }
  return out;
}

Result<std::string> domain(const Value& value) { return domain_name(value, false); }

Result<std::string> host_name(const Value& value) { return domain_name(value, true); }

Result<std::string> issuer_url(const Value& value) {
  RESTANTE_TRY(std::string url, text(value));
  // Plain HTTP only within this machine: a forged answer would let in any user.
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

std::string in_markdown(std::string_view value) {
  return value.empty() ? "none" : fmt::format("`{}`", value);
}

std::string shown(bool value) { return value ? "true" : "false"; }

std::string shown(const std::string& value) {
  return value.empty() ? "" : fmt::format("\"{}\"", value);
}

std::string shown(const std::vector<std::string>& value) {
  return shown(fmt::format("{}", fmt::join(value, " ")));
}

std::string shown(const std::vector<IpNetwork>& value) {
  std::string list;
  for (const IpNetwork& network : value)
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", network.to_string());
  return list.empty() ? "" : "[" + list + "]";
}

Result<std::uint64_t> Count::parse(const Value& value) const {
  if (value.node.kind != Kind::kInteger) return wrong_type("a number", value.node);
  const auto number = static_cast<std::uint64_t>(value.node.integer);
  if (value.node.integer < 0 || number < min || number > max)
    return wrong_value(fmt::format("must be from {} to {}", min, max));
  return number;
}

std::string Count::type() const { return fmt::format("{} to {}", grouped(min), grouped(max)); }

std::string Count::show(std::uint64_t value) const { return fmt::format("{}", value); }

Result<std::uint64_t> Size::parse(const Value& value) const {
  const Error range =
      wrong_value(fmt::format("must be from {} to {}", format_size(min), format_size(max)));
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

std::string Size::type() const { return fmt::format("size, `{}` to `{}`", show(min), show(max)); }

std::string Size::show(std::uint64_t value) const {
  return value < 1024 ? fmt::format("{}", value) : shown(format_size(value));
}

Result<std::chrono::seconds> Duration::parse(const Value& value) const {
  if (value.node.kind != Kind::kString)
    return wrong_value(
        fmt::format("must be a duration as in \"30s\", not {}", describe(value.node.kind)));
  RESTANTE_TRY(const auto duration, parse_duration(value.node.text));
  if (duration < min || duration > max)
    return wrong_value(fmt::format("must be from {} to {}", to_string(min), to_string(max)));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  if (seconds != duration) return wrong_value("must be whole seconds");
  return seconds;
}

std::string Duration::type() const {
  return fmt::format("duration, `{}` to `{}`", show(min), show(max));
}

std::string Duration::show(std::chrono::milliseconds value) const {
  // Weeks are shown as days there: "7d", "30d".
  const auto days = std::chrono::floor<std::chrono::days>(value);
  if (days.count() > 0 && days == value) return shown(fmt::format("{}d", days.count()));
  return shown(to_string(value));
}

Result<std::chrono::seconds> OffOrDuration::parse(const Value& value) const {
  if (value.node.kind == Kind::kString && value.node.text == "off") return std::chrono::seconds(0);
  auto found = Duration::parse(value);
  if (!found) found.error().detail += ", or \"off\"";
  return found;
}

std::string OffOrDuration::type() const { return "`\"off\"`, or " + Duration::type(); }

std::string OffOrDuration::show(std::chrono::milliseconds value) const {
  return value.count() == 0 ? shown(std::string("off")) : Duration::show(value);
}

std::string words_in_markdown(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words)
    list += fmt::format("{}`\"{}\"`", list.empty() ? "" : ", ", word);
  return list;
}

Result<std::string_view> word(const Value& value, std::span<const std::string_view> known) {
  const auto found = std::find(known.begin(), known.end(), value.node.text);
  if (value.node.kind != Kind::kString || found == known.end()) return not_a_choice(known);
  return *found;
}

Result<std::vector<std::string>> words(const Value& value,
                                       std::span<const std::string_view> known) {
  if (value.node.kind != Kind::kArray)
    return wrong_value("must be a list of words, as in [\"PLAIN\", \"LOGIN\"]");
  std::vector<std::string> out;
  for (const Node& item : value.node.items) {
    RESTANTE_TRY(const std::string_view one, word(Value{item, value.base}, known));
    if (std::find(out.begin(), out.end(), one) != out.end())
      return wrong_value(fmt::format("names {} twice", one));
    out.emplace_back(one);
  }
  return out;
}

}  // namespace restante::config
