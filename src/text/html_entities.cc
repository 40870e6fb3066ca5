// The named characters that mail uses.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "text/charset.h"
#include "text/html_tokens.h"

namespace restante::text {
namespace {

using Named = std::pair<std::string_view, char32_t>;

// Sorted.
constexpr std::array kNamed = {
    Named{"AElig", 0xC6},    Named{"Aacute", 0xC1},   Named{"Acirc", 0xC2},
    Named{"Agrave", 0xC0},   Named{"Aring", 0xC5},    Named{"Atilde", 0xC3},
    Named{"Auml", 0xC4},     Named{"Ccedil", 0xC7},   Named{"Dagger", 0x2021},
    Named{"Eacute", 0xC9},   Named{"Ecirc", 0xCA},    Named{"Egrave", 0xC8},
    Named{"Euml", 0xCB},     Named{"Iacute", 0xCD},   Named{"Icirc", 0xCE},
    Named{"Ntilde", 0xD1},   Named{"OElig", 0x152},   Named{"Oacute", 0xD3},
    Named{"Ocirc", 0xD4},    Named{"Oslash", 0xD8},   Named{"Otilde", 0xD5},
    Named{"Ouml", 0xD6},     Named{"Scaron", 0x160},  Named{"Uacute", 0xDA},
    Named{"Ucirc", 0xDB},    Named{"Ugrave", 0xD9},   Named{"Uuml", 0xDC},
    Named{"aacute", 0xE1},   Named{"acirc", 0xE2},    Named{"acute", 0xB4},
    Named{"aelig", 0xE6},    Named{"agrave", 0xE0},   Named{"amp", '&'},
    Named{"apos", '\''},     Named{"aring", 0xE5},    Named{"atilde", 0xE3},
    Named{"auml", 0xE4},     Named{"bdquo", 0x201E},  Named{"brvbar", 0xA6},
    Named{"bull", 0x2022},   Named{"ccedil", 0xE7},   Named{"cent", 0xA2},
    Named{"copy", 0xA9},     Named{"dagger", 0x2020}, Named{"deg", 0xB0},
    Named{"divide", 0xF7},   Named{"eacute", 0xE9},   Named{"ecirc", 0xEA},
    Named{"egrave", 0xE8},   Named{"emsp", 0x2003},   Named{"ensp", 0x2002},
    Named{"euml", 0xEB},     Named{"euro", 0x20AC},   Named{"frac12", 0xBD},
    Named{"frac14", 0xBC},   Named{"frac34", 0xBE},   Named{"ge", 0x2265},
    Named{"gt", '>'},        Named{"hellip", 0x2026}, Named{"iacute", 0xED},
    Named{"icirc", 0xEE},    Named{"iexcl", 0xA1},    Named{"igrave", 0xEC},
    Named{"iquest", 0xBF},   Named{"iuml", 0xEF},     Named{"laquo", 0xAB},
    Named{"larr", 0x2190},   Named{"ldquo", 0x201C},  Named{"le", 0x2264},
    Named{"lsaquo", 0x2039}, Named{"lsquo", 0x2018},  Named{"lt", '<'},
    Named{"mdash", 0x2014},  Named{"micro", 0xB5},    Named{"middot", 0xB7},
    Named{"minus", 0x2212},  Named{"nbsp", 0xA0},     Named{"ndash", 0x2013},
    Named{"ne", 0x2260},     Named{"not", 0xAC},      Named{"ntilde", 0xF1},
    Named{"oacute", 0xF3},   Named{"ocirc", 0xF4},    Named{"oelig", 0x153},
    Named{"ograve", 0xF2},   Named{"ordf", 0xAA},     Named{"ordm", 0xBA},
    Named{"oslash", 0xF8},   Named{"otilde", 0xF5},   Named{"ouml", 0xF6},
    Named{"para", 0xB6},     Named{"permil", 0x2030}, Named{"plusmn", 0xB1},
    Named{"pound", 0xA3},    Named{"quot", '"'},      Named{"raquo", 0xBB},
    Named{"rarr", 0x2192},   Named{"rdquo", 0x201D},  Named{"reg", 0xAE},
    Named{"rsaquo", 0x203A}, Named{"rsquo", 0x2019},  Named{"sbquo", 0x201A},
    Named{"scaron", 0x161},  Named{"sect", 0xA7},     Named{"shy", 0xAD},
    Named{"sup1", 0xB9},     Named{"sup2", 0xB2},     Named{"sup3", 0xB3},
    Named{"szlig", 0xDF},    Named{"thinsp", 0x2009}, Named{"times", 0xD7},
    Named{"trade", 0x2122},  Named{"uacute", 0xFA},   Named{"ucirc", 0xFB},
    Named{"ugrave", 0xF9},   Named{"uml", 0xA8},      Named{"uuml", 0xFC},
    Named{"yacute", 0xFD},   Named{"yen", 0xA5},      Named{"yuml", 0xFF},
    Named{"zwj", 0x200D},    Named{"zwnj", 0x200C},
};
static_assert(std::is_sorted(kNamed.begin(), kNamed.end()));

constexpr std::size_t kEntityBytesMax = 12;

std::optional<char32_t> numeric(std::string_view digits) {
  const bool hexadecimal = !digits.empty() && to_lower(digits.front()) == 'x';
  if (hexadecimal) digits.remove_prefix(1);
  std::uint32_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, hexadecimal ? 16 : 10);
  if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  // A NUL and the C1 controls are what windows-1252 text looks like when it is numbered.
  return number == 0 || (number >= 0x80 && number < 0xA0) ? char32_t{0xFFFD} : char32_t{number};
}

std::optional<char32_t> resolve(std::string_view name) {
  if (name.starts_with('#')) return numeric(name.substr(1));
  const auto found = std::lower_bound(kNamed.begin(), kNamed.end(), Named{name, 0});
  return found != kNamed.end() && found->first == name ? std::optional(found->second)
                                                       : std::nullopt;
}

}  // namespace

std::string resolve_entities(std::string_view text) {
  std::string resolved;
  resolved.reserve(text.size());
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('&'), text.size());
    resolved.append(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    const std::size_t end = text.substr(0, kEntityBytesMax).find(';');
    const auto character =
        end == std::string_view::npos ? std::nullopt : resolve(text.substr(1, end - 1));
    if (character) {
      append_character(resolved, *character);
      text.remove_prefix(end + 1);
    } else {
      resolved += '&';
      text.remove_prefix(1);
    }
  }
  return resolved;
}

}  // namespace restante::text
