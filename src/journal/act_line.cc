#include "journal/act_line.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/utf8.h"

namespace restante::journal {
namespace {

struct TextKey {
  std::string_view name;
  std::string Act::*member;
};
// In the order of the line; numbers stand behind their neighbour below.
constexpr std::array kTexts = {
    TextKey{"account", &Act::account},   TextKey{"device", &Act::device},
    TextKey{"view", &Act::view},         TextKey{"user", &Act::user},
    TextKey{"from", &Act::from},         TextKey{"session", &Act::session},
    TextKey{"uid", &Act::uid},           TextKey{"message_id", &Act::message_id},
    TextKey{"queue_id", &Act::queue_id}, TextKey{"recipient", &Act::recipient},
    TextKey{"detail", &Act::detail},
};
struct NumberKey {
  std::string_view name;
  std::uint64_t Act::*member;
};
constexpr std::array kNumbers = {NumberKey{"octets", &Act::octets},
                                 NumberKey{"count", &Act::count}};

constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20U && static_cast<unsigned char>(c) < 0x7fU &&
         c != '"' && c != '\\';
}

void append_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      const auto octet = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[octet >> 4U];
      out += kHex[octet & 15U];
    } else {
      out += c;
    }
  }
}

void append_text(std::string_view text, std::string& out) {
  out += '"';
  if (std::all_of(text.begin(), text.end(), is_plain))
    out += text;
  else
    append_escaped(to_utf8(text), out);
  out += '"';
}

void append_key(std::string_view name, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
}

void append_number(std::uint64_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  out.append(digits.begin(), end);
}

/// Reads {"key":"text","key":number}, and nothing that is nested.
class LineReader {
 public:
  explicit LineReader(std::string_view rest) : rest_(rest) {}

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool text(std::string& out) {
    if (!take('"')) return false;
    for (;;) {
      const std::size_t plain = std::min(rest_.find_first_of("\"\\"), rest_.size());
      out.append(rest_, 0, plain);
      rest_.remove_prefix(plain);
      if (!rest_.starts_with('\\')) return take('"');
      if (!escaped(out)) return false;
    }
  }
  bool number(std::uint64_t& out) {
    const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (end.ec != std::errc{}) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
    return true;
  }
  [[nodiscard]] bool at_text() const { return rest_.starts_with('"'); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  bool escaped(std::string& out) {
    rest_.remove_prefix(1);
    if (rest_.starts_with('"') || rest_.starts_with('\\')) {
      out += rest_.front();
      rest_.remove_prefix(1);
      return true;
    }
    unsigned code = 0;
    if (!rest_.starts_with("u00") || rest_.size() < 5) return false;
    const auto end = std::from_chars(rest_.data() + 3, rest_.data() + 5, code, 16);
    if (end.ptr != rest_.data() + 5) return false;
    out += static_cast<char>(code);
    rest_.remove_prefix(5);
    return true;
  }

  std::string_view rest_;
};

Result<WallTime> parse_when(std::string_view text) {
  // 2026-11-21T22:08:59.123Z
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != kForm.size()) return Error(Errc::kSyntax, "no time");
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? !is_digit(text[i]) : text[i] != kForm[i])
      return Error(Errc::kSyntax, "no time");
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (!day.ok()) return Error(Errc::kSyntax, "no day");
  return std::chrono::sys_days(day) + std::chrono::hours(number(11, 2)) +
         std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2)) +
         std::chrono::milliseconds(number(20, 3));
}

Status set_text(Act& act, std::string_view key, std::string text) {
  if (key == "when") {
    RESTANTE_TRY(const WallTime when, parse_when(text));
    act.when = when;
    return ok();
  }
  if (key == "act") {
    const auto kind = kind_of(text);
    if (!kind) return Error(Errc::kSyntax, "an act that this version does not know");
    act.kind = *kind;
    return ok();
  }
  const auto* const found = std::ranges::find(kTexts, key, &TextKey::name);
  if (found != kTexts.end()) act.*found->member = std::move(text);
  return ok();
}

}  // namespace

void append_line(const Act& act, const OfOne& one, std::string& out) {
  out += R"({"when":")";
  out += to_rfc3339(one.when);
  out += R"(","act":")";
  out += name_of(act.kind);
  out += '"';
  for (const TextKey& each : kTexts) {
    const std::string_view text = each.member == &Act::uid ? one.uid : act.*each.member;
    if (text.empty()) continue;
    append_key(each.name, out);
    append_text(text, out);
  }
  for (const NumberKey& each : kNumbers) {
    const std::uint64_t number = each.member == &Act::octets ? one.octets : act.*each.member;
    if (number == 0) continue;
    append_key(each.name, out);
    append_number(number, out);
  }
  out += "}\n";
}

Result<Act> parse_line(std::string_view line) {
  const auto broken = [] { return Error(Errc::kSyntax, "no line of the journal"); };
  Act act;
  bool has_kind = false;
  LineReader reader(line);
  if (!reader.take('{')) return broken();
  do {
    std::string key;
    std::string text;
    std::uint64_t number = 0;
    if (!reader.text(key) || !reader.take(':')) return broken();
    if (reader.at_text()) {
      if (!reader.text(text)) return broken();
      has_kind = has_kind || key == "act";
      RESTANTE_CHECKED(set_text(act, key, std::move(text)));
    } else if (reader.number(number)) {
      for (const NumberKey& each : kNumbers)
        if (each.name == key) act.*each.member = number;
    } else {
      return broken();
    }
  } while (reader.take(','));
  if (!reader.take('}') || !reader.at_end() || !has_kind) return broken();
  return act;
}

std::string pair_of(std::string_view key, std::string_view value) {
  std::string out = "\"" + std::string(key) + "\":";
  append_text(value, out);
  return out;
}

std::string with_name_replaced(std::string_view line, std::string_view value,
                               std::string_view replacement) {
  std::string out(line);
  const auto is_edge = [](char c) { return c == '"' || c == ' '; };
  const std::string quoted = pair_of("", value).substr(std::string_view("\"\":").size());
  const std::string name = quoted.substr(1, quoted.size() - 2);
  for (std::size_t at = out.find(name); at != std::string::npos; at = out.find(name, at)) {
    const std::size_t end = at + name.size();
    const bool is_whole = at > 0 && is_edge(out[at - 1]) && end < out.size() && is_edge(out[end]);
    if (is_whole) out.replace(at, name.size(), replacement);
    at += is_whole ? replacement.size() : name.size();
  }
  return out;
}

}  // namespace restante::journal
