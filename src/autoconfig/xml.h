// Small XML documents from outside, read strictly: UTF-8, whole, balanced, with one root. No
// DOCTYPE, no entities but the five of XML and characters by number, no processing instructions:
// nothing can grow, and nothing is fetched. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace restante::autoconfig {

inline constexpr std::size_t kXmlBytesMax = 64U << 10;
inline constexpr std::size_t kXmlDepthMax = 16;
inline constexpr std::size_t kXmlElementsMax = 2000;

struct XmlElement {
  std::string name;  ///< Without its prefix: "Request" of "a:Request".
  std::vector<std::pair<std::string, std::string>> attributes;  ///< With their prefixes.
  std::string text;  ///< Its own, decoded, without that of its children.
  std::vector<XmlElement> children;

  /// The first child of that name; null: there is none.
  [[nodiscard]] const XmlElement* child(std::string_view wanted) const;
  /// The first child's text without blanks around it; empty: there is none.
  [[nodiscard]] std::string_view text_of(std::string_view wanted) const;
  /// Empty: there is none.
  [[nodiscard]] std::string_view attribute(std::string_view wanted) const;
};

/// The root. Errors: kSyntax, kLimit (of the constants above).
Result<XmlElement> parse_xml(std::string_view document);

/// Text as it may stand in an element or in an attribute's quotes.
std::string xml_escaped(std::string_view text);

}  // namespace restante::autoconfig
