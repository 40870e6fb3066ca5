#include "text/cells.h"

#include <unicode/uchar.h>

#include "text/charsets/charset.h"

namespace restante::text {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kAsEmoji = 0xFE0F;  // "Show the character before as a picture".

bool is(char32_t character, UProperty property) {
  return u_hasBinaryProperty(static_cast<UChar32>(character), property) != 0;
}

/// A character on its own.
std::size_t cells_of(char32_t character) {
  if (character >= 0x20 && character < 0x7F) return 1;
  // Marks and signs without a shape of their own: a terminal draws them onto the cell before.
  const auto wide = static_cast<UChar32>(character);
  switch (u_charType(wide)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR: return 0;
    default: break;
  }
  // Vowels and final consonants that are written into the syllable before them.
  const int syllable = u_getIntPropertyValue(wide, UCHAR_HANGUL_SYLLABLE_TYPE);
  if (syllable == U_HST_VOWEL_JAMO || syllable == U_HST_TRAILING_JAMO) return 0;
  const int width = u_getIntPropertyValue(wide, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

/// One character as people see it, with all that belongs to it: from the front of the text, which
/// is made shorter. Gives its cells.
std::size_t take_cluster(std::string_view& text) {
  const char32_t first = take_character(text);
  std::size_t width = cells_of(first);
  // Nothing in ASCII belongs to the character before; most texts end here.
  if (!text.empty() && static_cast<unsigned char>(text.front()) < 0x80U) return width;
  const bool is_flag = is(first, UCHAR_REGIONAL_INDICATOR);
  bool is_joined = false;
  bool has_flag_half = false;
  while (!text.empty()) {
    std::string_view ahead = text;
    const char32_t next = take_character(ahead);
    const bool second_half = is_flag && !has_flag_half && is(next, UCHAR_REGIONAL_INDICATOR);
    const bool of_emoji =
        width > 0 && is(next, UCHAR_EMOJI_MODIFIER) && is(first, UCHAR_EMOJI_MODIFIER_BASE);
    const bool of_picture = is_joined && is(next, UCHAR_EXTENDED_PICTOGRAPHIC);
    if (cells_of(next) > 0 && !second_half && !of_emoji && !of_picture) break;
    // A flag is two letters in one picture of two cells; joined pictures are drawn as one.
    if (second_half || of_picture || (next == kAsEmoji && width > 0)) width = 2;
    has_flag_half |= second_half;
    is_joined = next == kJoiner && width > 0;
    text = ahead;
  }
  return width;
}

}  // namespace

std::size_t cells(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += take_cluster(text);
  return width;
}

std::string_view cut_to_cells(std::string_view text, std::size_t most) {
  std::size_t width = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view ahead = rest;
    width += take_cluster(ahead);
    if (width > most) break;
    rest = ahead;
  }
  return text.substr(0, text.size() - rest.size());
}

}  // namespace restante::text
