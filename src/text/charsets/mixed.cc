#include "text/charsets/mixed.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/converter.h"
#include "text/charsets/detect.h"
#include "text/charsets/utf8.h"

namespace restante::text {
namespace {

enum class Kind : std::uint8_t {
  kAscii,
  kUtf8,
  kLatin,    // UTF-8 of Latin letters and punctuation, and octets of another set.
  kDamaged,  // Other UTF-8, with some damage.
  kForeign,
};

struct Line {
  std::string_view octets;  // With its end.
  Kind kind = Kind::kAscii;
};

unsigned char octet_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// A character of UTF-8 that Latin texts have: a letter with an accent, a quote, a dash, the Euro.
bool is_latin(std::string_view character) {
  const unsigned char lead = octet_at(character, 0);
  return (lead >= 0xC2 && lead <= 0xC5) || lead == 0xE2;
}

Kind kind_of(std::string_view line) {
  std::size_t good = 0;
  std::size_t latin = 0;
  std::size_t bad = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = character_bytes(line.substr(at));
    const std::size_t next = at + std::max<std::size_t>(length, 1);
    if (length == 0) ++bad;
    if (length > 1) {
      ++good;
      latin += is_latin(line.substr(at)) ? 1 : 0;
      in_word = in_word ||
                (at > 0 && is_alpha(line[at - 1]) && next < line.size() && is_alpha(line[next]));
    }
    at = next;
  }
  if (bad == 0) return good == 0 ? Kind::kAscii : Kind::kUtf8;
  // By chance another set has a character of UTF-8 here and there, but not between Latin letters.
  constexpr std::size_t kRare = 4;
  if (latin > 0 && latin == good && (in_word || kRare * good >= bad)) return Kind::kLatin;
  return good > bad ? Kind::kDamaged : Kind::kForeign;
}

std::vector<Line> lines_of(std::string_view octets) {
  std::vector<Line> lines;
  while (!octets.empty()) {
    const std::size_t end = std::min(octets.find('\n'), octets.size() - 1) + 1;
    const std::string_view line = octets.substr(0, end);
    const Kind kind = kind_of(line);
    // Neighbours of a kind are one.
    if (!lines.empty() && lines.back().kind == kind) {
      lines.back().octets = {lines.back().octets.data(), lines.back().octets.size() + end};
    } else {
      lines.push_back({line, kind});
    }
    octets.remove_prefix(end);
  }
  return lines;
}

std::string all_of(const std::vector<Line>& lines, Kind kind) {
  std::string text;
  for (const Line& line : lines)
    if (line.kind == kind) text.append(line.octets);
  return text;
}

/// How many octets at the front are a sign or an emoji of UTF-8 that lacks its end, or at the end
/// of the text any character.
std::size_t cut_character(std::string_view text) {
  constexpr std::string_view kSigns = "\xE2\x80";
  constexpr std::string_view kEmoji = "\xF0\x9F";
  const unsigned char lead = octet_at(text, 0);
  if (lead < 0xE0 || lead > 0xF4) return 0;
  std::size_t length = 1;
  while (length < text.size() && (octet_at(text, length) & 0xC0U) == 0x80U) ++length;
  const bool is_sure = text.starts_with(kSigns) || text.starts_with(kEmoji);
  return length > 1 && (is_sure || length == text.size()) ? length : 0;
}

/// An octet above 127 that is a letter of Latin sets must stand beside another letter; signs may
/// stand anywhere. The first halves of most letters of Latin UTF-8 are no such letter at a word's
/// end.
bool may_be_latin(std::string_view text, std::size_t at) {
  const auto is_letter = [](char c) { return is_alpha(c) || !is_ascii(c); };
  const unsigned char octet = octet_at(text, at);
  if (octet < 0xC0) return true;
  const bool is_half = octet == 0xC2 || octet == 0xC3;
  if (is_half) return at + 1 < text.size() && is_alpha(text[at + 1]);
  return (at > 0 && is_letter(text[at - 1])) || (at + 1 < text.size() && is_letter(text[at + 1]));
}

std::string with_latin_octets(std::string_view text, std::string_view single) {
  std::string read;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = character_bytes(rest);
    const std::size_t cut = length > 0 ? 0 : cut_character(rest);
    if (length > 0) {
      read.append(rest.substr(0, length));
    } else if (cut > 0 || !may_be_latin(text, at)) {
      read += mend_utf8(rest.substr(0, std::max<std::size_t>(cut, 1)));
    } else {
      read += convert(rest.substr(0, 1), single).text;
    }
    at += std::max<std::size_t>({length, cut, 1});
  }
  return read;
}

}  // namespace

bool is_clearly_utf8(std::string_view octets) {
  if (!is_utf8(octets)) return false;
  constexpr std::size_t kMany = 5;
  constexpr std::size_t kSeveral = 3;
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  std::size_t characters = 0;
  unsigned char first = 0xFF;
  unsigned char last = 0;
  bool behind_letter = false;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const unsigned char octet = octet_at(octets, i);
    if (octet >= 0xE0) return true;
    if (octet < 0xC0) continue;
    ++characters;
    first = std::min(first, octet);
    last = std::max(last, octet);
    if (i == 0 || is_ascii(octets[i - 1])) behind_letter = i > 0 && is_alpha(octets[i - 1]);
    if (behind_letter && i + 2 < octets.size() && is_small(octets[i + 2])) return true;
  }
  return characters >= kMany || (characters >= kSeveral && last - first <= 1);
}

std::optional<std::string> mixed_to_utf8(std::string_view octets, std::string_view single) {
  constexpr std::string_view kWestern = "windows-1252";
  const std::vector<Line> lines = lines_of(octets);
  const auto has = [&](Kind kind) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const Line& line) { return line.kind == kind; });
  };
  const bool is_sure = has(Kind::kLatin) || is_clearly_utf8(all_of(lines, Kind::kUtf8));
  if (!is_sure || !(has(Kind::kLatin) || has(Kind::kForeign))) return std::nullopt;
  if (single.empty()) {
    // All of it may be of one set of two octets, in which some lines are UTF-8 by chance.
    const std::string_view whole = detected_charset(octets);
    if (!is_single_byte(whole) && convert(octets, whole).errors == 0) return std::nullopt;
  }
  const std::string foreign = single.empty() ? all_of(lines, Kind::kForeign) : std::string();
  const std::string_view set = !single.empty()   ? single
                               : foreign.empty() ? kWestern
                                                 : detected_charset(foreign);
  std::string text;
  for (const Line& line : lines) {
    switch (line.kind) {
      case Kind::kAscii:
      case Kind::kUtf8: text.append(line.octets); break;
      case Kind::kLatin:
        text += with_latin_octets(line.octets, is_single_byte(set) ? set : kWestern);
        break;
      case Kind::kDamaged: text += mend_utf8(line.octets); break;
      case Kind::kForeign: text += convert(line.octets, set).text; break;
    }
  }
  return text;
}

}  // namespace restante::text
