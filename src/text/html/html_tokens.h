// HTML of mail, as tokens: text, start tags with attributes, end tags. Never fails: what is no tag
// is text; comments, doctypes and processing instructions are dropped; the content of script, style
// and the like is one token of its own. Pure; memory is that of one token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::text {

struct HtmlToken {
  enum class Kind : std::uint8_t {
    kText,   ///< `text`, with its entities resolved.
    kStart,  ///< `name` and `attributes`.
    kEnd,    ///< `name`.
    kRaw,    ///< `text`: what stood in the raw element (script, style, …) that began before.
  };
  Kind kind = Kind::kText;
  std::string name;  ///< Lower case.
  std::string text;
  /// Names in lower case, values with entities resolved; the first of each name counts.
  std::vector<std::pair<std::string, std::string>> attributes;
};

class HtmlTokens {
 public:
  /// UTF-8, which must outlive this.
  explicit HtmlTokens(std::string_view html) : rest_(html) {}

  /// False at the end.
  bool next(HtmlToken& token);

 private:
  bool take_markup(HtmlToken& token);
  void take_tag(HtmlToken& token);
  void take_attribute(HtmlToken& token);
  std::string_view take_name();
  void skip_blanks();

  std::string_view rest_;
  std::string raw_;  // The raw element that is open.
};

/// Resolves &name; &#N; and &#xN;, as browsers do: numbers of C1 controls are windows-1252, and old
/// names may lack their semicolon; in an attribute's value only at a word's end. Other text stays.
std::string resolve_entities(std::string_view text, bool is_value = false);

}  // namespace restante::text
