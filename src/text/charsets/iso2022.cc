#include "text/charsets/iso2022.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "text/charsets/utf8.h"

namespace restante::text {
namespace {

enum class Set : std::uint8_t { kAscii, kRoman, kKana, kJis0208, kJis0212, kGb2312, kKsc5601 };

// JIS X 0213 is wider than 0208, and has its characters where it has them.
constexpr std::array<std::pair<std::string_view, Set>, 15> kEscapes = {{
    {"(B", Set::kAscii},
    {"(J", Set::kRoman},
    {"(H", Set::kRoman},
    {"(I", Set::kKana},
    {"$B", Set::kJis0208},
    {"$@", Set::kJis0208},
    {"$(B", Set::kJis0208},
    {"$(@", Set::kJis0208},
    {"$(O", Set::kJis0208},
    {"$(Q", Set::kJis0208},
    {"&@", Set::kJis0208},
    {"$(D", Set::kJis0212},
    {"$A", Set::kGb2312},
    {"$(A", Set::kGb2312},
    {"$(C", Set::kKsc5601},
}};

bool is_double(Set set) { return set >= Set::kJis0208; }
bool is_graphic(char c) { return c >= 0x21 && c <= 0x7E; }
char with_high_bit(char c) { return static_cast<char>(static_cast<unsigned char>(c) | 0x80U); }

/// Shift_JIS has the same characters, and the rows of NEC and IBM among them.
void append_shift_jis(char row, char cell, std::string& octets) {
  const unsigned first = static_cast<unsigned char>(row);
  const unsigned second = static_cast<unsigned char>(cell);
  unsigned lead = ((first - 0x21U) >> 1U) + 0x81U;
  if (lead > 0x9FU) lead += 0x40U;
  const unsigned trail =
      first % 2 == 0 ? second + 0x7EU : second + (second >= 0x60U ? 0x20U : 0x1FU);
  octets += static_cast<char>(lead);
  octets += static_cast<char>(trail);
}

class Writer {
 public:
  Set set = Set::kAscii;

  void escape(std::string_view& rest) {
    for (const auto& [sequence, chosen] : kEscapes) {
      if (!rest.starts_with(sequence)) continue;
      rest.remove_prefix(sequence.size());
      set = chosen;
      return;
    }
    // An unknown escape stays in the text: nothing after it is lost.
    plain('\x1b');
  }

  void pair(char first, char second) {
    if (!is_graphic(second)) return error();
    if (set == Set::kJis0208) {
      begin("shift_jis");
      append_shift_jis(first, second, octets_);
      return;
    }
    begin(set == Set::kJis0212 ? "euc-jp" : set == Set::kGb2312 ? "gb18030" : "windows-949");
    if (set == Set::kJis0212) octets_ += '\x8f';
    octets_ += with_high_bit(first);
    octets_ += with_high_bit(second);
  }

  void single(char c) {
    if (set == Set::kKana && c >= 0x21 && c <= 0x5F) return kana(static_cast<unsigned>(c));
    if (set == Set::kRoman && c == '\\') return character(0xA5);
    if (set == Set::kRoman && c == '~') return character(0x203E);
    plain(c);
  }

  void plain(char c) {
    flush();
    converted_.text += c;
  }

  /// `code` is the octet without its high bit.
  void kana(unsigned code) { character(char32_t{0xFF61} + code - 0x21U); }

  void error() {
    ++converted_.errors;
    character(0xFFFD);
  }

  Converted finish() {
    flush();
    return std::move(converted_);
  }

 private:
  void character(char32_t character) {
    flush();
    ++converted_.characters;
    append_character(converted_.text, character);
  }

  void begin(std::string_view name) {
    if (name != name_) flush();
    name_ = name;
  }

  void flush() {
    if (octets_.empty()) return;
    const Converted piece = convert(octets_, name_);
    converted_.text += piece.text;
    converted_.errors += piece.errors;
    converted_.characters += piece.characters;
    octets_.clear();
  }

  Converted converted_;
  std::string octets_;  // Of the set `name_`, not yet converted.
  std::string_view name_;
};

}  // namespace

Converted convert_iso2022_jp(std::string_view octets) {
  Writer writer;
  Set before = Set::kAscii;  // What comes back at a shift in.
  for (std::string_view rest = octets; !rest.empty();) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\x1b') {
      writer.escape(rest);
    } else if (c == '\x0e') {
      before = std::exchange(writer.set, Set::kKana);
    } else if (c == '\x0f') {
      writer.set = before;
    } else if (c == '\n' || c == '\r') {
      // RFC 1468 has ASCII at each line's end; a program that forgot it must not spoil the lines
      // behind.
      writer.set = before = Set::kAscii;
      writer.plain(c);
    } else if (!is_ascii(c)) {
      const auto octet = static_cast<unsigned char>(c);
      octet > 0xA0U && octet < 0xE0U ? writer.kana(octet & 0x7FU) : writer.error();
    } else if (!is_double(writer.set) || !is_graphic(c)) {
      writer.single(c);
    } else if (rest.empty()) {
      writer.error();
    } else {
      // The second octet may be a line end, which then counts as one.
      writer.pair(c, rest.front());
      if (is_graphic(rest.front())) rest.remove_prefix(1);
    }
  }
  return writer.finish();
}

Converted convert_iso2022_kr(std::string_view octets) {
  // Shifted out it is EUC-KR without the high bits.
  std::string korean;
  korean.reserve(octets.size());
  bool is_shifted = false;
  for (std::string_view rest = octets; !rest.empty();) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\x1b' && rest.starts_with("$)C")) {
      rest.remove_prefix(3);
    } else if (c == '\x0e' || c == '\x0f') {
      is_shifted = c == '\x0e';
    } else {
      // As in Japanese text: a shift is over with its line.
      if (c == '\n' || c == '\r') is_shifted = false;
      korean += is_shifted && is_graphic(c) ? with_high_bit(c) : c;
    }
  }
  return convert(korean, "windows-949");
}

bool has_iso2022_jp(std::string_view octets) {
  for (std::size_t at = octets.find('\x1b'); at != std::string_view::npos;
       at = octets.find('\x1b', at + 1)) {
    const std::string_view sequence = octets.substr(at + 1, 2);
    if (sequence == "$B" || sequence == "$@" || sequence == "(I") return true;
  }
  return false;
}

}  // namespace restante::text
