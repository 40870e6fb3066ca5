#include "text/charsets/detect.h"

#include <uchardet/uchardet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "base/ascii.h"
#include "text/charsets/charset_label.h"
#include "text/charsets/converter.h"

namespace restante::text {
namespace {

constexpr std::size_t kLookedAtMax = 16U << 10;
// With fewer octets above 127, statistics say little.
constexpr std::size_t kFew = 24;

struct Range {
  unsigned char first;
  unsigned char last;
};

bool is_in(Range range, char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= range.first && octet <= range.last;
}

/// What the common characters of a set of two octets look like.
struct Shape {
  std::string_view name;
  std::array<Range, 3> leads;
  std::array<Range, 2> trails;
  Range marks;  // Leads of which some must be there.
};

constexpr Range kNever = {1, 0};
constexpr std::array<Shape, 5> kShapes = {{
    {"euc-jp", {{{0xA1, 0xA8}, {0xB0, 0xF4}, kNever}}, {{{0xA1, 0xFE}, kNever}}, {0xA4, 0xA5}},
    {"windows-949", {{{0xA1, 0xA3}, {0xB0, 0xC8}, kNever}}, {{{0xA1, 0xFE}, kNever}}, {0xB0, 0xC8}},
    {"gb18030", {{{0xA1, 0xA3}, {0xB0, 0xD7}, kNever}}, {{{0xA1, 0xFE}, kNever}}, {0xB0, 0xD7}},
    {"shift_jis",
     {{{0x81, 0x84}, {0x88, 0x9F}, {0xE0, 0xEA}}},
     {{{0x40, 0x7E}, {0x80, 0xFC}}},
     {0x82, 0x9F}},
    {"big5-hkscs", {{{0xA1, 0xC6}, kNever, kNever}}, {{{0x40, 0x7E}, {0xA1, 0xFE}}}, {0xA4, 0xC6}},
}};

/// All of it is pairs of this shape and ASCII, and the pairs stand together, as words do.
bool has_shape(std::string_view octets, const Shape& shape) {
  std::size_t pairs = 0;
  std::size_t together = 0;
  std::size_t marks = 0;
  bool in_word = false;  // Behind a small letter, as letters with accents stand.
  bool after_pair = false;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (is_ascii(octets[i])) {
      after_pair = false;
      continue;
    }
    const auto lead = [&](Range range) { return is_in(range, octets[i]); };
    const auto trail = [&](Range range) { return is_in(range, octets[i + 1]); };
    if (std::none_of(shape.leads.begin(), shape.leads.end(), lead)) return false;
    // A cut pair proves nothing against the shape.
    if (i + 1 >= octets.size()) break;  // Perhaps cut.
    if (std::none_of(shape.trails.begin(), shape.trails.end(), trail)) return false;
    ++pairs;
    if (i > 0 && !after_pair && octets[i - 1] >= 'a' && octets[i - 1] <= 'z') in_word = true;
    if (after_pair) ++together;
    if (lead(shape.marks)) ++marks;
    after_pair = true;
    ++i;
  }
  // More pairs where accents are possible: two letters with accents side by side look like a pair
  // too.
  return pairs >= (in_word ? 4 : 2) && 2 * together >= pairs && 4 * marks >= pairs;
}

struct Census {
  std::size_t high = 0;      // Octets above 127,
  std::size_t together = 0;  // beside another of them.
};

Census census(std::string_view octets) {
  Census found;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (is_ascii(octets[i])) continue;
    ++found.high;
    const bool beside =
        (i > 0 && !is_ascii(octets[i - 1])) || (i + 1 < octets.size() && !is_ascii(octets[i + 1]));
    if (beside) ++found.together;
  }
  return found;
}

struct Delete {
  void operator()(uchardet* detector) const { uchardet_delete(detector); }
};

/// By statistics; empty if they say nothing, or something that the octets are not.
std::string_view by_statistics(std::string_view octets) {
  // By thread and kept: to make one costs more than to look at a short text.
  thread_local const std::unique_ptr<uchardet, Delete> detector(uchardet_new());
  uchardet_reset(detector.get());
  if (uchardet_handle_data(detector.get(), octets.data(), octets.size()) != 0) return {};
  uchardet_data_end(detector.get());
  const std::string_view name = charset_meant(uchardet_get_charset(detector.get()));
  // It was asked because the octets are neither.
  if (name.empty() || name.starts_with("utf") || name == "us-ascii") return {};
  // A statistic may name a set in which the octets are mostly nothing.
  const Converted converted = convert(octets, name);
  return converted.errors * 10 <= converted.characters ? name : std::string_view();
}

}  // namespace

std::string_view detected_charset(std::string_view octets) {
  constexpr std::string_view kWestern = "windows-1252";
  const auto high =
      std::find_if_not(octets.begin(), octets.end(), [](char c) { return is_ascii(c); });
  const auto at = static_cast<std::size_t>(high - octets.begin());
  // One octet before it, which may be the letter beside.
  octets = octets.substr(at == 0 ? 0 : at - 1, kLookedAtMax);
  const Census found = census(octets);
  // With many octets the statistics are surer than the shape.
  if (found.high < 4 * kFew) {
    for (const Shape& shape : kShapes) {
      if (has_shape(octets, shape)) return shape.name;
    }
  }
  // Letters with accents stand alone among those without. Few of them could be of any set.
  const bool is_sparse = 2 * found.together < found.high;
  if (is_sparse && found.high < kFew) return kWestern;
  const std::string_view name = by_statistics(octets);
  if (name.empty() || (is_sparse && !is_single_byte(name))) return kWestern;
  return name;
}

}  // namespace restante::text
