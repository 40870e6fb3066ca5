#include "console/harmless.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/charsets/charset.h"

namespace restante::console {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode's Default_Ignorable_Code_Point, line separators and interlinear annotation.
constexpr std::array kHidden = {
    Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},   Range{0x061C, 0x061C},
    Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},   Range{0x2028, 0x202E},   Range{0x2060, 0x206F},
    Range{0x3164, 0x3164},   Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
    Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFFB},   Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF},
};

bool is_control_character(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }
bool is_override(char32_t c) { return c == 0x202D || c == 0x202E; }
bool is_separator(char32_t c) { return c == 0x2028 || c == 0x2029; }
bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }
bool is_selector(char32_t c) { return c >= 0xFE00 && c <= 0xFE0F; }
/// Hangul's characters that are blank, and as wide as others.
bool is_filler(char32_t c) { return c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0; }
/// Characters that join others: letters of scripts that join, and emoji.
bool joins(char32_t c) { return c >= 0x0600 && !is_hidden(c) && (c < 0x2000 || c > 0x206F); }

/// Characters one by one, knowing their neighbours.
class Cleaning {
 public:
  explicit Cleaning(std::string_view text) : rest_(text) { out_.reserve(text.size()); }

  std::string run() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (is_ascii(c)) {
        rest_.remove_prefix(1);
        before_ = static_cast<unsigned char>(c);
        out_ += is_control(c) && c != '\n' ? '?' : c;
      } else {
        put(text::take_character(rest_));
      }
    }
    return std::move(out_);
  }

 private:
  void put(char32_t c) {
    if (is_control_character(c) || is_override(c)) {
      out_ += '?';
    } else if (is_separator(c)) {
      out_ += '\n';
    } else if (is_filler(c)) {
      out_ += ' ';
    } else if (!is_hidden(c) || (is_joiner(c) && joins(before_) && joins(ahead())) ||
               (is_selector(c) && before_ > 0x20 && !is_hidden(before_))) {
      // A selector belongs to the character before it, which may be joined then.
      if (!is_selector(c)) before_ = c;
      text::append_character(out_, c);
      return;
    } else {
      return;
    }
    before_ = 0;
  }

  [[nodiscard]] char32_t ahead() const {
    std::string_view rest = rest_.substr(0, 4);
    return text::take_character(rest);
  }

  std::string_view rest_;
  std::string out_;
  char32_t before_ = 0;
};

/// The text with each hidden character as `write` says it.
template <typename Write>
std::string escaped(std::string_view from, const Write& write) {
  std::string out;
  out.reserve(from.size());
  while (!from.empty()) {
    const char c = from.front();
    // White space stands between values and in lines.
    const bool is_usual = is_ascii(c) && (!is_control(c) || c == '\n' || c == '\t' || c == '\r');
    if (is_usual) {
      out += c;
      from.remove_prefix(1);
      continue;
    }
    const char32_t character = text::take_character(from);
    if (is_control_character(character) || is_hidden(character))
      write(character, out);
    else
      text::append_character(out, character);
  }
  return out;
}

}  // namespace

bool is_hidden(char32_t character) {
  const auto* const range =
      std::lower_bound(kHidden.begin(), kHidden.end(), character,
                       [](const Range& each, char32_t c) { return each.last < c; });
  return range != kHidden.end() && range->first <= character;
}

std::string harmless(std::string_view text) { return Cleaning(to_utf8(text)).run(); }

std::string harmless_line(std::string_view text) {
  std::string out = harmless(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::string escaped_json(std::string_view json) {
  return escaped(json, [](char32_t character, std::string& out) {
    const auto unit = [&](char32_t value) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(value));
    };
    if (character < 0x10000) return unit(character);
    unit(0xD800 + ((character - 0x10000) >> 10U));
    unit(0xDC00 + ((character - 0x10000) & 0x3FFU));
  });
}

std::string escaped_html(std::string_view html) {
  return escaped(html, [](char32_t character, std::string& out) {
    if (!is_control_character(character))
      fmt::format_to(std::back_inserter(out), "&#x{:X};", static_cast<std::uint32_t>(character));
  });
}

}  // namespace restante::console
