#include "text/ascii.h"

#include <unicode/unorm2.h>

#include <array>
#include <cstdint>
#include <utility>

#include "text/cells.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

// What Unicode takes apart in no way.
constexpr std::array<std::pair<char32_t, std::string_view>, 40> kWritten = {{
    {0x00A0, " "},  {0x00AB, "<<"}, {0x00B7, "."},  {0x00BB, ">>"}, {0x00C6, "AE"}, {0x00D0, "D"},
    {0x00D7, "x"},  {0x00D8, "O"},  {0x00DE, "Th"}, {0x00DF, "ss"}, {0x00E6, "ae"}, {0x00F0, "d"},
    {0x00F8, "o"},  {0x00FE, "th"}, {0x0110, "D"},  {0x0111, "d"},  {0x0131, "i"},  {0x0141, "L"},
    {0x0142, "l"},  {0x0152, "OE"}, {0x0153, "oe"}, {0x2010, "-"},  {0x2011, "-"},  {0x2012, "-"},
    {0x2013, "-"},  {0x2014, "-"},  {0x2015, "-"},  {0x2018, "'"},  {0x2019, "'"},  {0x201A, "'"},
    {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""}, {0x2022, "*"},  {0x2026, "."},  {0x2039, "<"},
    {0x203A, ">"},  {0x20AC, "E"},  {0x2192, ">"},  {0x2212, "-"},
}};

/// Its parts, if it has some that are ASCII.
bool put_parts(char32_t character, std::string& out) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* const forms = unorm2_getNFKDInstance(&error);
  if (U_FAILURE(error)) return false;
  std::array<char16_t, 32> parts{};
  const std::int32_t count =
      unorm2_getDecomposition(forms, static_cast<UChar32>(character), parts.data(),
                              static_cast<std::int32_t>(parts.size()), &error);
  if (U_FAILURE(error) || count <= 0) return false;
  std::string ascii;
  // Marks above and below are parts beyond ASCII: without them the letter is still read.
  for (std::int32_t i = 0; i < count; ++i) {
    const char16_t part = parts.at(static_cast<std::size_t>(i));
    if (part < 0x80) ascii += static_cast<char>(part);
  }
  out += ascii;
  return !ascii.empty();
}

void put(char32_t character, std::string& out) {
  for (const auto& [written, as] : kWritten) {
    if (written == character) {
      out += as;
      return;
    }
  }
  if (put_parts(character, out)) return;
  std::string alone;
  // As many as it takes cells, so that columns stay where they are.
  append_character(alone, character);
  // Blocks draw bars, in which a question mark would look like an unknown character.
  const bool is_bar = character >= 0x2580 && character <= 0x259F;
  out.append(cells(alone), is_bar ? '#' : '?');
}

}  // namespace

std::string to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t character = take_character(text);
    if (character < 0x80)
      out += static_cast<char>(character);
    else
      put(character, out);
  }
  return out;
}

}  // namespace restante::text
