// From one TOML value to one setting's value: each function has the type and the range. The detail
// of an Error (always kSyntax) is a sentence for the operator.
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

#include "base/ip.h"
#include "base/result.h"
#include "config/address.h"
#include "config/document.h"

namespace restante::config {

/// One value, and the means to understand it.
struct Value {
  const Node& node;
  const std::filesystem::path& base;  ///< The folder that relative paths start from.
};

/// "must not be empty", or another sentence about a value.
Error wrong_value(std::string_view sentence);
/// "must be …, not a table".
Error wrong_type(std::string_view expected, const Node& node);

Result<bool> boolean(const Value& value);
/// Any text without control characters, not empty.
Result<std::string> text(const Value& value);
/// Absolute, or below the configuration's folder; not empty.
Result<std::filesystem::path> path(const Value& value);
Result<Address> address(const Value& value);
/// An array of addresses and networks; may be empty.
Result<std::vector<IpNetwork>> networks(const Value& value);
/// A DNS name, folded; non-ASCII UTF-8 is let through.
Result<std::string> domain(const Value& value);
/// A host's own DNS name: ASCII, since it stands in greetings and trace headers.
Result<std::string> host_name(const Value& value);
/// https://…, or http://… on this machine; printable ASCII without blanks.
Result<std::string> issuer_url(const Value& value);

/// A value as a line of the documentation shows it: `value`, or "none" for a text without
/// characters.
std::string in_markdown(std::string_view value);

/// As it would stand in the file; empty for types that have no default.
std::string shown(bool value);
std::string shown(const std::string& value);
std::string shown(const std::vector<IpNetwork>& value);
/// With blanks between.
std::string shown(const std::vector<std::string>& value);
template <typename T>
std::string shown(const T& /*value*/) {
  return "";
}
inline std::string shown(const std::filesystem::path& value) { return shown(value.string()); }

// The types of keys: parse() reads a value, type() names the type and its range for the
// documentation, show() writes a default as it would stand in the file.

/// A type that is read by one of the functions above, under a name.
template <typename T>
struct Plain {
  constexpr Plain(Result<T> (*p)(const Value&), std::string_view n) : parse(p), name(n) {}
  Result<T> (*parse)(const Value&);
  std::string_view name;
  [[nodiscard]] std::string type() const { return std::string(name); }
  [[nodiscard]] std::string show(const T& value) const { return shown(value); }
};

inline constexpr Plain<bool> kBoolean{boolean, "true, false"};
inline constexpr Plain<std::string> kText{text, "text"};
inline constexpr Plain<std::filesystem::path> kPath{path, "path"};
inline constexpr Plain<std::vector<IpNetwork>> kNetworks{networks, "addresses and networks"};

struct Count {
  Count(std::uint64_t least, std::uint64_t most) : min(least), max(most) {}
  std::uint64_t min;
  std::uint64_t max;
  [[nodiscard]] Result<std::uint64_t> parse(const Value& value) const;
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string show(std::uint64_t value) const;
};

struct Size {
  Size(std::uint64_t least, std::uint64_t most) : min(least), max(most) {}
  std::uint64_t min;
  std::uint64_t max;
  [[nodiscard]] Result<std::uint64_t> parse(const Value& value) const;
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string show(std::uint64_t value) const;
};

struct Duration {
  Duration(std::chrono::seconds least, std::chrono::seconds most) : min(least), max(most) {}
  std::chrono::seconds min;
  std::chrono::seconds max;
  [[nodiscard]] Result<std::chrono::seconds> parse(const Value& value) const;
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string show(std::chrono::milliseconds value) const;
};

/// The same, or "off", which is 0.
struct OffOrDuration : Duration {
  using Duration::Duration;
  [[nodiscard]] Result<std::chrono::seconds> parse(const Value& value) const;
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string show(std::chrono::milliseconds value) const;
};

/// One of these words.
Result<std::string_view> word(const Value& value, std::span<const std::string_view> known);

/// A list of such words, none twice.
Result<std::vector<std::string>> words(const Value& value, std::span<const std::string_view> known);

/// `"a"`, `"b"`: for the documentation.
std::string words_in_markdown(std::span<const std::string_view> words);

/// One of a closed set of words.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

template <typename T>
struct OneOf {
  /// `known` is not owned: a constant.
  template <std::size_t N>
  explicit OneOf(const std::array<Choice<T>, N>& known) : choices(known) {}
  std::span<const Choice<T>> choices;

  [[nodiscard]] std::vector<std::string_view> all_words() const {
    std::vector<std::string_view> out;
    for (const Choice<T>& choice : choices) out.push_back(choice.word);
    return out;
  }
  [[nodiscard]] Result<T> parse(const Value& value) const {
    RESTANTE_TRY(const std::string_view found, word(value, all_words()));
    return std::ranges::find(choices, found, &Choice<T>::word)->value;
  }
  [[nodiscard]] std::string type() const { return words_in_markdown(all_words()); }
  [[nodiscard]] std::string show(const T& value) const {
    return shown(std::string(std::ranges::find(choices, value, &Choice<T>::value)->word));
  }
};
template <typename T, std::size_t N>
OneOf(const std::array<Choice<T>, N>&) -> OneOf<T>;

}  // namespace restante::config
