#include "migrate/formats/uidl_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/numbers.h"
#include "migrate/formats/digests.h"

namespace restante::migrate {
namespace {

constexpr std::string_view kVariables = "uvfgm";
constexpr std::string_view kModifiers = "XLURM";
// Wider than any id may be.
constexpr std::uint32_t kWidthMax = 200;
constexpr std::size_t kFormatBytesMax = 512;

constexpr std::array<std::pair<std::string_view, char>, 5> kNames = {
    {{"uid", 'u'}, {"uidvalidity", 'v'}, {"filename", 'f'}, {"guid", 'g'}, {"md5", 'm'}}};

std::string to_hex(std::string_view decimal) {
  const auto number = parse_decimal<std::uint64_t>(decimal);
  return number ? fmt::format("{:x}", *number) : std::string("0");
}

std::string changed(std::string text, char modifier) {
  switch (modifier) {
    case 'X': return to_hex(text);
    case 'L': return to_lower(text);
    case 'U': return to_upper(text);
    case 'R': std::ranges::reverse(text); return text;
    default: return md5_of(text);
  }
}

}  // namespace

class UidlFormat::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), rest_(text) {}

  Result<std::vector<Part>> run() {
    if (text_.size() > kFormatBytesMax) return fault("it is longer than 512 characters");
    while (!rest_.empty()) {
      const std::size_t at = std::min(rest_.find('%'), rest_.size());
      if (at > 0) parts_.push_back(Part{std::string(rest_.substr(0, at))});
      rest_.remove_prefix(at);
      if (!rest_.empty()) RESTANTE_CHECKED(take_variable());
    }
    const bool names_any =
        std::ranges::any_of(parts_, [](const Part& part) { return part.variable != 0; });
    // With one id for all messages a client would take the whole maildrop for one message.
    if (!names_any) return fault("it names nothing of a message");
    return std::move(parts_);
  }

 private:
  [[nodiscard]] Error fault(const std::string& what) const {
    return Error(Errc::kSyntax, "pop3_uidl_format " + std::string(text_) + ": " + what);
  }

  std::uint32_t take_number() {
    std::uint32_t number = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      // Held at the bound in each step, so that many digits do not overflow.
      number = std::min(number * 10 + static_cast<std::uint32_t>(rest_.front() - '0'), kWidthMax);
      rest_.remove_prefix(1);
    }
    return number;
  }

  /// "%08Xu", "%f", "%5.3f", "%%", "%{…}".
  Status take_variable() {
    rest_.remove_prefix(1);
    if (rest_.starts_with('%')) {
      rest_.remove_prefix(1);
      parts_.push_back(Part{"%"});
      return ok();
    }
    if (rest_.starts_with('{')) return take_named();
    Part part;
    // Dovecot takes a sign, and it changes nothing for texts this short.
    if (rest_.starts_with('-')) rest_.remove_prefix(1);
    part.pads = rest_.starts_with('0');
    part.width = take_number();
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      part.offset = part.width;
      part.pads = false;
      part.width = take_number();
    }
    while (!rest_.empty() && kModifiers.find(rest_.front()) != std::string_view::npos) {
      part.modifiers += rest_.front();
      rest_.remove_prefix(1);
    }
    // Refused before any message is moved: with a variable left out all ids would be wrong.
    if (rest_.empty() || kVariables.find(rest_.front()) == std::string_view::npos)
      return fault(rest_.empty() ? "it ends in the middle of a variable"
                                 : "unknown: %" + std::string(rest_.substr(0, 1)) +
                                       " (known are %u %v %f %g %m, with X L U R M and widths)");
    part.variable = rest_.front();
    rest_.remove_prefix(1);
    parts_.push_back(std::move(part));
    return ok();
  }

  /// "{uid | hex(8)}".
  Status take_named() {
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos) return fault("a { has no }");
    std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    Part part;
    const std::string_view name = take_word(inside);
    const auto known = std::ranges::find(kNames, name, &std::pair<std::string_view, char>::first);
    if (known == kNames.end())
      return fault("unknown: %{" + std::string(name) +
                   "} (known are uid, uidvalidity, filename, guid, md5)");
    part.variable = known->second;
    while (!inside.empty()) RESTANTE_CHECKED(add_filter(take_word(inside), part));
    parts_.push_back(std::move(part));
    return ok();
  }

  static std::string_view take_word(std::string_view& inside) {
    const std::size_t bar = std::min(inside.find('|'), inside.size());
    const std::string_view word = trim(inside.substr(0, bar));
    inside.remove_prefix(std::min(bar + 1, inside.size()));
    return word;
  }

  Status add_filter(std::string_view filter, Part& part) {
    if (filter == "hexlify" && part.modifiers.ends_with('M')) return ok();  // md5_of() is hex.
    if (filter == "lower" || filter == "upper" || filter == "md5" || filter == "hex") {
      part.modifiers += filter == "lower" ? 'L' : filter == "upper" ? 'U' : 'X';
      if (filter == "md5") part.modifiers.back() = 'M';
      return ok();
    }
    if (filter.starts_with("hex(") && filter.ends_with(')')) {
      const auto width = parse_decimal<std::uint32_t>(filter.substr(4, filter.size() - 5));
      if (width && *width <= kWidthMax) {
        part.modifiers += 'X';
        part.width = *width;
        part.pads = true;
        return ok();
      }
    }
    return fault("unknown: " + std::string(filter) + " (known are hex(N), lower, upper, md5)");
  }

  const std::string_view text_;
  std::string_view rest_;
  std::vector<Part> parts_;
};

Result<UidlFormat> UidlFormat::parse(std::string_view text) {
  UidlFormat format;
  RESTANTE_TRY(auto parts, Parser(text).run());
  format.parts_ = std::move(parts);
  format.text_ = text;
  return format;
}

bool UidlFormat::names(char variable) const {
  return std::ranges::any_of(parts_, [&](const Part& part) { return part.variable == variable; });
}

std::string UidlFormat::value_of(const Part& part, const UidlValues& values) {
  switch (part.variable) {
    case 'u': return std::to_string(values.uid);
    case 'v': return std::to_string(values.uid_validity);
    case 'f': return values.file_name;
    case 'g': return values.guid;
    default: return values.header_md5;
  }
}

std::string UidlFormat::expand(const UidlValues& values) const {
  std::string out;
  for (const Part& part : parts_) {
    if (part.variable == 0) {
      out += part.literal;
      continue;
    }
    std::string value = value_of(part, values);
    for (const char modifier : part.modifiers) value = changed(std::move(value), modifier);
    if (part.pads && value.size() < part.width) {
      out.append(part.width - value.size(), '0');
    } else if (!part.pads) {
      value.erase(0, part.offset);
      if (part.width != 0) value.resize(std::min<std::size_t>(value.size(), part.width));
    }
    out += value;
  }
  return out;
}

}  // namespace restante::migrate
