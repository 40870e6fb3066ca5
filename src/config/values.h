// From one TOML value to one setting's value: each function says what the type and the range are.
// The detail of an Error (always kSyntax) is a sentence for the operator.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/document.h"

namespace restante::config {

/// One value and what it takes to understand it.
struct Value {
  const Node& node;
  const std::filesystem::path& base;  ///< The folder that relative paths start from.
};

Result<bool> boolean(const Value& value);
/// Any text without control characters, not empty.
Result<std::string> text(const Value& value);
/// Absolute, or below the configuration's folder; not empty.
Result<std::filesystem::path> path(const Value& value);
/// The name of a file in a folder that is known otherwise.
Result<std::string> file_name(const Value& value);
/// The name of an LDAP attribute (RFC 4512 s.1.4: a keystring or a numericoid).
Result<std::string> attribute(const Value& value);
/// One or more of them, with a blank between: "mail uid".
Result<std::string> attributes(const Value& value);
/// The short name of an Active Directory domain, as in CORP\alice.
Result<std::string> windows_domain(const Value& value);
/// SQL: as text, but it may have several lines.
Result<std::string> query(const Value& value);
Result<Address> address(const Value& value);
/// An array of addresses and networks; may be empty.
Result<std::vector<IpNetwork>> networks(const Value& value);
/// The mode of a file as chmod takes it: "0660".
Result<std::uint32_t> file_mode(const Value& value);
/// A DNS name, folded; non-ASCII UTF-8 is let through.
Result<std::string> domain(const Value& value);
/// A host's own DNS name: ASCII, since it stands in greetings and trace headers.
Result<std::string> host_name(const Value& value);
/// https://…, or http://… on this machine; printable ASCII without blanks.
Result<std::string> issuer_url(const Value& value);
/// "pop3s://host:port" or "pop3://host:port"; "host:port".
Result<FarAddress> far_pop3(const Value& value);
Result<FarAddress> far_lmtp(const Value& value);
/// An array of DNS names, folded, none twice.
Result<std::vector<std::string>> domains(const Value& value);
/// An array of SHA-256s, each of 64 hexadecimal digits, with colons or without.
Result<std::vector<std::string>> pins(const Value& value);
/// Printable ASCII, at most 200 octets; may be empty.
Result<std::string> protocol_text(const Value& value);
/// Punctuation that may stand in a local part; may be empty.
Result<std::string> separators(const Value& value);

Result<std::uint64_t> integer_between(const Value& value, std::uint64_t min, std::uint64_t max);
Result<std::uint64_t> size_between(const Value& value, std::uint64_t min, std::uint64_t max);
Result<std::chrono::seconds> seconds_between(const Value& value, std::chrono::seconds min,
                                             std::chrono::seconds max);

template <std::uint64_t Min, std::uint64_t Max>
Result<std::uint64_t> count(const Value& value) {
  return integer_between(value, Min, Max);
}
template <std::uint64_t Min, std::uint64_t Max>
Result<std::uint64_t> size(const Value& value) {
  return size_between(value, Min, Max);
}
/// Bounds in seconds.
template <std::int64_t Min, std::int64_t Max>
Result<std::chrono::seconds> duration(const Value& value) {
  return seconds_between(value, std::chrono::seconds(Min), std::chrono::seconds(Max));
}

/// The same, or "off", which is 0.
template <std::int64_t Min, std::int64_t Max>
Result<std::chrono::seconds> off_or_duration(const Value& value) {
  if (value.node.kind == Kind::kString && value.node.text == "off") return std::chrono::seconds(0);
  auto found = duration<Min, Max>(value);
  if (!found) found.error().detail += ", or \"off\"";
  return found;
}

/// One of a closed set of words.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

/// "must be a, b or c".
Error not_a_choice(std::span<const std::string_view> words);

/// One of these words.
Result<std::string_view> word(const Value& value, std::span<const std::string_view> known);

/// A list of such words, none twice.
Result<std::vector<std::string>> words(const Value& value, std::span<const std::string_view> known);

template <const auto& Choices>
auto choice(const Value& value) -> Result<std::decay_t<decltype(Choices[0].value)>> {
  std::array<std::string_view, std::size(Choices)> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (value.node.kind == Kind::kString && value.node.text == Choices[i].word)
      return Choices[i].value;
    words[i] = Choices[i].word;
  }
  return not_a_choice(words);
}

}  // namespace restante::config
