#include "text/charsets/charset.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/ascii.h"
#include "text/charsets/charset_label.h"
#include "text/charsets/converter.h"
#include "text/charsets/detect.h"
#include "text/charsets/iso2022.h"
#include "text/charsets/mixed.h"

namespace restante::text {
namespace {

// Sets of which text is ASCII octets that mean something else.
constexpr std::array<std::string_view, 8> kNotAscii = {
    "utf-7", "hz", "utf-16", "utf-16be", "utf-32", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn"};

bool is_all_ascii(std::string_view octets) {
  return std::all_of(octets.begin(), octets.end(), [](char c) { return is_ascii(c); });
}

bool is_ascii_based(std::string_view name) {
  return std::find(kNotAscii.begin(), kNotAscii.end(), name) == kNotAscii.end();
}

std::string as_it_looks(std::string_view octets) {
  return convert(octets, detected_charset(octets)).text;
}

/// A character of UTF-8 that wants more octets than there are left.
bool is_cut_character(std::string_view octets) {
  const auto lead = static_cast<unsigned char>(octets.front());
  const std::size_t wanted = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return octets.size() < wanted && std::all_of(octets.begin() + 1, octets.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
         });
}

/// How many characters of UTF-8, and how many octets that belong to none.
struct Utf8Count {
  std::size_t good = 0;
  std::size_t bad = 0;
};

/// A last character that is cut is no damage.
Utf8Count count_utf8(std::string_view octets) {
  Utf8Count count;
  while (!octets.empty()) {
    const std::size_t length = character_bytes(octets);
    if (length > 1) ++count.good;
    if (length == 0 && is_cut_character(octets)) {
      if (count.bad == 0 && octets.size() > 1) ++count.good;
      break;
    }
    if (length == 0) ++count.bad;
    octets.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return count;
}

/// UTF-8 with some damage rather than what its label says, or another set.
bool is_damaged_utf8(std::string_view octets, std::string_view name) {
  constexpr std::size_t kGoodMin = 3;
  const Utf8Count count = count_utf8(octets);
  if (name == "utf-8") return count.good > count.bad;
  return count.good >= kGoodMin && count.good >= 3 * count.bad;
}

bool is_of_seven_bits(std::string_view name) {
  return name.starts_with("iso-2022-") || name == "hz" || name == "utf-7";
}

/// Octets above 127 and no escape are nothing of a set of 7 bits. Kana of 8 bits stay.
std::string_view instead_of_seven_bits(std::string_view octets, std::string_view name) {
  // Text of this name is often sent in the 8-bit form of the same characters.
  if (name != "iso-2022-jp" || is_all_ascii(octets) ||
      octets.find_first_of("\x1b\x0e") != std::string_view::npos)
    return name;
  const std::string_view found = detected_charset(octets);
  return found == "euc-jp" || found == "shift_jis" ? found : name;
}

/// UTF-16 shows its order by a mark, or by the places of its NULs: those of ASCII stand first in
/// big-endian. UTF-8 without any NUL was called UTF-16 by mistake.
std::string from_utf16(std::string_view octets, std::string_view name) {
  const auto nul = octets.find('\0');
  if (nul == std::string_view::npos && is_utf8(octets)) return std::string(octets);
  std::array<std::size_t, 2> nuls = {0, 0};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == '\0') ++nuls[i % 2];
  }
  if (nuls[0] != nuls[1]) name = nuls[0] > nuls[1] ? "utf-16be" : "utf-16le";
  return convert(octets, name == "utf-16" ? "utf-16le" : name).text;
}

std::string of_known_charset(std::string_view octets, std::string_view name) {
  if (name.starts_with("utf-16")) return from_utf16(octets, name);
  // By chance, text of a set of one octet is UTF-8 about never.
  if (is_ascii_based(name) && is_single_byte(name)) {
    if (is_utf8(octets)) return std::string(octets);
    if (auto mixed = mixed_to_utf8(octets, name)) return *std::move(mixed);
    if (is_damaged_utf8(octets, name)) return mend_utf8(octets);
  }
  if (is_clearly_utf8(octets) ||
      (is_of_seven_bits(name) && !is_all_ascii(octets) && is_utf8(octets)))
    return std::string(octets);
  name = instead_of_seven_bits(octets, name);
  Converted converted = convert(octets, name);
  // One error in ten: a real text in the named set has few, one in another set has many.
  if (converted.errors * 10 <= converted.characters || is_all_ascii(octets))
    return std::move(converted.text);
  if (is_utf8(octets)) return std::string(octets);
  Converted other = convert(octets, detected_charset(octets));
  return std::move(other.errors < converted.errors ? other.text : converted.text);
}

}  // namespace

std::string to_utf8(std::string_view octets, std::string_view charset) {
  // A mark at the begin is surer than any name that the sender gave.
  if (octets.starts_with("\xEF\xBB\xBF")) return mend_utf8(octets.substr(3));
  if (octets.starts_with("\xFF\xFE")) return convert(octets.substr(2), "utf-16le").text;
  if (octets.starts_with("\xFE\xFF")) return convert(octets.substr(2), "utf-16be").text;
  const std::string_view name = charset_meant(charset);
  // Japanese programs name such text US-ASCII: its octets are.
  if (is_ascii_based(name) && has_iso2022_jp(octets) && is_all_ascii(octets))
    return convert(octets, "iso-2022-jp").text;
  const bool is_unsaid = name.empty() || name == "us-ascii" || name == "utf-8";
  if (!is_unsaid) return of_known_charset(octets, name);
  // Before any statistics: text of another set is valid UTF-8 almost never.
  if (is_utf8(octets)) return std::string(octets);
  if (auto mixed = mixed_to_utf8(octets, {})) return *std::move(mixed);
  if (is_damaged_utf8(octets, name)) return mend_utf8(octets);
  return as_it_looks(octets);
}

bool is_known_charset(std::string_view charset) { return !charset_meant(charset).empty(); }

}  // namespace restante::text
