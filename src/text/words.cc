#include "text/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "text/charset.h"

namespace restante::text {
namespace {

// Thai to Myanmar, Khmer, kana, ideographs, Hangul, compatibility forms, the supplementary planes.
constexpr std::array<std::pair<char32_t, char32_t>, 12> kAlone = {{
    {0x0E00, 0x0EFF},
    {0x1000, 0x109F},
    {0x1100, 0x11FF},
    {0x1780, 0x17FF},
    {0x2E80, 0x2FDF},
    {0x3005, 0x3007},
    {0x3040, 0x31FF},
    {0x3400, 0x9FFF},
    {0xAC00, 0xD7FF},
    {0xF900, 0xFAFF},
    {0xFF66, 0xFFDC},
    {0x20000, 0x3FFFF},
}};

// Longer runs of letters and digits are keys, hashes, encoded data: no words.
constexpr std::size_t kWordBytesMax = 48;

bool is_word_byte(char c) { return is_alpha(c) || is_digit(c) || !is_ascii(c); }

}  // namespace

bool is_word_alone(char32_t character) {
  if (character < kAlone.front().first) return false;
  return std::any_of(kAlone.begin(), kAlone.end(), [&](const auto& range) {
    return character >= range.first && character <= range.second;
  });
}

void append_words(std::string_view text, std::string& out, std::size_t bytes_max) {
  std::size_t word_at = out.size();  // Where the present run of word characters began.
  const auto end_word = [&] {
    if (out.size() - word_at > kWordBytesMax) out.resize(word_at);
  };
  while (!text.empty() && out.size() < bytes_max) {
    const std::string_view before = text;
    const char32_t character = take_character(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    const bool alone = is_word_alone(character);
    if (alone) {
      end_word();
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (!is_word_byte(bytes.front())) {
      end_word();
    }
    out.append(bytes);
    if (alone) out += ' ';
    if (alone || !is_word_byte(bytes.front())) word_at = out.size();
  }
  end_word();
}

std::string join_words(std::string_view text) {
  std::string joined;
  bool after_alone = false;
  while (!text.empty()) {
    const char32_t character = take_character(text);
    std::string_view ahead = text;
    const bool blank_between =
        character == ' ' && (after_alone || is_word_alone(take_character(ahead)));
    if (!blank_between) append_character(joined, character);
    if (!blank_between) after_alone = is_word_alone(character);
  }
  return joined;
}

}  // namespace restante::text
