// XML from its beginning to its end, tag by tag, for taking the text out of documents: what is
// broken ends nothing, entities of its own are left out (so that none can grow), nesting is no
// concern. Linear, without memory but its input. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::text {

struct XmlPiece {
  enum class Kind : std::uint8_t { kText, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  std::string_view name;        ///< Of a tag, without its prefix: "p" of "w:p".
  std::string_view attributes;  ///< As they stand.
  bool is_empty = false;        ///< An opening tag that is its own end.
  std::string text;             ///< Decoded.
};

class XmlPieces {
 public:
  /// UTF-8, which outlives this.
  explicit XmlPieces(std::string_view xml) : xml_(xml) {}
  /// False at the end.
  bool next(XmlPiece& piece);

 private:
  bool take_tag(XmlPiece& piece);
  bool skip_past(std::string_view end);

  std::string_view xml_;
};

/// The value of an attribute, without its prefix, as it stands; empty: there is none.
std::string_view attribute_of(std::string_view attributes, std::string_view name);

}  // namespace restante::text
