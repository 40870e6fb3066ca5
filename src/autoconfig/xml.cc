#include "autoconfig/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/ascii.h"

namespace restante::autoconfig {
namespace {

constexpr std::size_t kAttributesMax = 16;
constexpr std::size_t kReferenceBytesMax = 10;  // "&#x10FFFF;" and zeros before it.

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_name_start(char c) { return is_alpha(c) || c == '_' || c == ':'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c) || c == '-' || c == '.'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

Error broken(std::string_view what) { return Error(Errc::kSyntax, "xml: " + std::string(what)); }

bool is_xml_character(std::uint32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) && c != 0xfffe && c != 0xffff;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 63U)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xc0U | (c >> 6U)), tail(0)};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xe0U | (c >> 12U)), tail(6), tail(0)};
  } else {
    out += {static_cast<char>(0xf0U | (c >> 18U)), tail(12), tail(6), tail(0)};
  }
}

/// What stands between "&" and ";".
Status append_reference(std::string& out, std::string_view name) {
  constexpr std::pair<std::string_view, char> kKnown[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [word, character] : kKnown)
    if (name == word) {
      out += character;
      return ok();
    }
  if (!name.starts_with('#')) return broken("an entity of its own");
  const bool is_hex = name.starts_with("#x");
  name.remove_prefix(is_hex ? 2 : 1);
  std::uint32_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number, is_hex ? 16 : 10);
  if (error != std::errc{} || stop != end || name.empty() || !is_xml_character(number))
    return broken("a character reference");
  append_utf8(out, number);
  return ok();
}

Status append_decoded(std::string& out, std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t at = std::min(raw.find('&'), raw.size());
    out += raw.substr(0, at);
    raw.remove_prefix(at);
    if (raw.empty()) break;
    const std::size_t end = raw.substr(0, kReferenceBytesMax + 1).find(';');
    if (end == std::string_view::npos) return broken("a bare ampersand");
    RESTANTE_CHECKED(append_reference(out, raw.substr(1, end - 1)));
    raw.remove_prefix(end + 1);
  }
  return ok();
}

class Reader {
 public:
  explicit Reader(std::string_view document) : rest_(document) {}

  Result<XmlElement> document() {
    RESTANTE_CHECKED(take_declaration());
    RESTANTE_CHECKED(skip_outside());
    RESTANTE_TRY(XmlElement root, element(1));
    RESTANTE_CHECKED(skip_outside());
    if (!rest_.empty()) return broken("more than one root");
    return root;
  }

 private:
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  /// What stands before `end`, which is taken, too.
  Result<std::string_view> take_until(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) return broken("an end is missing");
    const std::string_view inside = rest_.substr(0, at);
    rest_.remove_prefix(at + end.size());
    return inside;
  }

  Status take_declaration() {
    take("\xef\xbb\xbf");
    if (!rest_.starts_with("<?xml") || rest_.size() < 6 || !is_blank(rest_[5])) return ok();
    take("<?xml");
    RESTANTE_TRY(const std::string_view inside, take_until("?>"));
    const std::size_t at = inside.find("encoding");
    if (at == std::string_view::npos) return ok();
    const std::string_view encoding = inside.substr(at);
    const std::size_t open = encoding.find_first_of("\"'");
    if (open == std::string_view::npos) return broken("its declaration");
    const std::string_view value = encoding.substr(open + 1);
    const std::string_view name = value.substr(0, value.find(encoding[open]));
    const bool is_known = equals_ignore_case(name, "utf-8") || equals_ignore_case(name, "us-ascii");
    return is_known ? ok() : Status(broken("an encoding that is not UTF-8"));
  }

  /// Blanks and comments.
  Status skip_outside() {
    for (;;) {
      skip_blanks();
      if (!take("<!--")) return ok();
      RESTANTE_TRY(const std::string_view comment, take_until("-->"));
      if (comment.find("--") != std::string_view::npos) return broken("a comment");
    }
  }

  Result<std::string_view> take_name() {
    if (rest_.empty() || !is_name_start(rest_.front())) return broken("a name");
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), is_name);
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  Status take_attribute(XmlElement& element) {
    RESTANTE_TRY(const std::string_view name, take_name());
    skip_blanks();
    if (!take("=")) return broken("an attribute without a value");
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\''))
      return broken("an attribute without quotes");
    const std::string quote(1, rest_.front());
    rest_.remove_prefix(1);
    RESTANTE_TRY(const std::string_view raw, take_until(quote));
    if (raw.find('<') != std::string_view::npos) return broken("an attribute");
    const bool is_new = std::ranges::none_of(
        element.attributes, [name](const auto& other) { return other.first == name; });
    if (!is_new) return broken("an attribute twice");
    if (element.attributes.size() == kAttributesMax)
      return Error(Errc::kLimit, "xml: too many attributes");
    std::string value;
    RESTANTE_CHECKED(append_decoded(value, raw));
    element.attributes.emplace_back(name, std::move(value));
    return ok();
  }

  Result<XmlElement> element(std::size_t depth) {
    if (depth > kXmlDepthMax || ++elements_ > kXmlElementsMax)
      return Error(Errc::kLimit, "xml: too many elements");
    if (!take("<")) return broken("no element");
    RESTANTE_TRY(const std::string_view name, take_name());
    XmlElement out;
    const std::size_t colon = name.rfind(':');
    out.name = name.substr(colon == std::string_view::npos ? 0 : colon + 1);
    for (;;) {
      const bool had_blank = !rest_.empty() && is_blank(rest_.front());
      skip_blanks();
      if (take("/>")) return out;
      if (take(">")) break;
      if (!had_blank) return broken("a tag");
      RESTANTE_CHECKED(take_attribute(out));
    }
    RESTANTE_CHECKED(content(out, depth));
    if (!take(name)) return broken("a closing tag of another name");
    skip_blanks();
    if (!take(">")) return broken("a closing tag");
    return out;
  }

  /// Up to and with the "</".
  Status content(XmlElement& out, std::size_t depth) {
    for (;;) {
      const std::size_t at = rest_.find('<');
      if (at == std::string_view::npos) return broken("an end is missing");
      const std::string_view text = rest_.substr(0, at);
      if (text.find("]]>") != std::string_view::npos) return broken("a text");
      RESTANTE_CHECKED(append_decoded(out.text, text));
      rest_.remove_prefix(at);
      if (take("</")) return ok();
      if (take("<![CDATA[")) {
        RESTANTE_TRY(const std::string_view raw, take_until("]]>"));
        out.text += raw;
      } else if (rest_.starts_with("<!--")) {
        RESTANTE_CHECKED(skip_comment());
      } else {
        RESTANTE_TRY(XmlElement inner, element(depth + 1));
        out.children.push_back(std::move(inner));
      }
    }
  }

  Status skip_comment() {
    take("<!--");
    RESTANTE_TRY(const std::string_view comment, take_until("-->"));
    return comment.find("--") == std::string_view::npos ? ok() : Status(broken("a comment"));
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* const found = child(wanted);
  return found == nullptr ? std::string_view() : without_blanks(found->text);
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [attribute_name, value] : attributes)
    if (attribute_name == wanted) return value;
  return {};
}

Result<XmlElement> parse_xml(std::string_view document) {
  if (document.size() > kXmlBytesMax) return Error(Errc::kLimit, "xml: over 64 KiB");
  const bool has_controls = std::ranges::any_of(
      document, [](char c) { return is_control(c) && !is_blank(c) && c != 0x7f; });
  if (has_controls || !is_utf8(document)) return broken("is no UTF-8 text");
  return Reader(document).document();
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace restante::autoconfig
