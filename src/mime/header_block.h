// The header fields of a message or of a part, found and not yet understood: names and raw values
// as views into the message (RFC 5322 s.2.2). Untidy headers are taken as they come: mbox lines
// before them, blank first lines, lines without a colon, no blank line behind them. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace restante::mime {

struct Field {
  std::string_view name;  ///< Without the blanks before the colon.
  std::string_view raw;   ///< Folded and encoded as it stands, without blanks and line end around.
};

/// The bounds of one block; the rest is passed over.
inline constexpr std::size_t kHeaderBytesMax = 1U << 20;
inline constexpr std::size_t kFieldsMax = 2000;

struct HeaderBlock {
  std::vector<Field> fields;
  std::size_t body = 0;  ///< Where the body begins.
  bool is_cut = false;   ///< Fields beyond the bounds are missing.

  /// The first field of that name; nullptr: there is none.
  [[nodiscard]] const Field* find(std::string_view name) const;
  /// Its value; empty: there is none.
  [[nodiscard]] std::string_view raw(std::string_view name) const;
};

enum class Owner : unsigned char {
  kMessage,  ///< A whole message, perhaps with an mbox line or blank lines before it.
  kPart,     ///< Of a multipart: it may have no header at all.
};

/// Whether a line ends the block though it is not blank: a boundary.
using IsBoundary = std::function<bool(std::string_view line)>;

/// The block that begins at `at` of `text`; lines end with `end` (line_scan.h). Linear.
HeaderBlock read_header_block(std::string_view text, std::size_t at, char end, Owner owner,
                              const IsBoundary& is_boundary);

}  // namespace restante::mime
