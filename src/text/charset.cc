#include "text/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/ascii.h"

namespace restante::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kCharsetNameBytesMax = 40;

// What mail says, and what it means: names that stand for less than is used under them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kMeant = {{
    {"iso-8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"ks_c_5601-1987", "cp949"},
    {"euc-kr", "cp949"},
    {"shift_jis", "cp932"},
    {"x-sjis", "cp932"},
    {"big5", "cp950"},
    {"iso-8859-8-i", "iso-8859-8"},
}};

bool is_charset_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
}

struct CloseIconv {
  using pointer = iconv_t;
  void operator()(iconv_t converter) const { ::iconv_close(converter); }
};

/// iconv_open(3)'s own "nothing" is -1, so it cannot be tested as a pointer.
iconv_t no_converter() {
  return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr)
}
bool is_open(iconv_t converter) { return converter != no_converter(); }

std::string convert(iconv_t converter, std::string_view octets) {
  std::string result;
  std::array<char, 4096> piece{};
  std::string input(octets);  // iconv wants it mutable.
  char* from = input.data();
  std::size_t left = input.size();
  while (left > 0) {
    char* to = piece.data();
    std::size_t room = piece.size();
    const std::size_t code = ::iconv(converter, &from, &left, &to, &room);
    const int error = errno;
    result.append(piece.data(), piece.size() - room);
    if (code != static_cast<std::size_t>(-1)) break;
    if (error == E2BIG) continue;
    result += kReplacement;
    if (error == EINVAL) break;  // The last character is cut.
    ++from;
    --left;
  }
  return result;
}

/// How many bytes the character at the front has, when it is well-formed; else 0.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  return length != 0 && length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

}  // namespace

std::string mend_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string mended;
  mended.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_bytes(text);
    mended.append(length == 0 ? kReplacement : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return mended;
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
  std::string name = to_lower(trim(charset));
  for (const auto& [said, meant] : kMeant) {
    if (name == said) name = meant;
  }
  if (name == "utf-8" || name == "utf8") return mend_utf8(octets);
  const bool usable = !name.empty() && name.size() <= kCharsetNameBytesMax && name != "us-ascii" &&
                      name != "ascii" &&
                      std::all_of(name.begin(), name.end(), is_charset_character);
  iconv_t opened = usable ? ::iconv_open("UTF-8", name.c_str()) : no_converter();
  if (!is_open(opened)) {
    if (is_utf8(octets)) return std::string(octets);
    opened = ::iconv_open("UTF-8", "WINDOWS-1252");
    if (!is_open(opened)) return mend_utf8(octets);
  }
  const std::unique_ptr<iconv_t, CloseIconv> converter(opened);
  return mend_utf8(convert(opened, octets));
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

char32_t take_character(std::string_view& text) {
  if (text.empty()) return 0;
  const std::size_t length = std::max<std::size_t>(character_bytes(text), 1);
  const auto first = static_cast<unsigned char>(text.front());
  char32_t character = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i)
    character = character << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return character;
}

void append_character(std::string& text, char32_t character) {
  if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) character = 0xFFFD;
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | character >> 6U);
    put(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    put(0xE0U | character >> 12U);
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  } else {
    put(0xF0U | character >> 18U);
    put(0x80U | (character >> 12U & 0x3FU));
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  }
}

}  // namespace restante::text
