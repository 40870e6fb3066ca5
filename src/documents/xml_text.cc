#include "documents/xml_text.h"

#include <algorithm>
#include <charconv>

#include "text/charsets/charset.h"

namespace restante::text {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// What stands between "&" and ";".
char32_t entity_of(std::string_view name) {
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (!name.starts_with('#')) return ' ';
  const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  name.remove_prefix(is_hex ? 2 : 1);
  std::uint32_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number, is_hex ? 16 : 10);
  return error == std::errc{} && stop == end && number != 0 ? number : U' ';
}

std::string decoded(std::string_view raw) {
  constexpr std::size_t kEntityBytesMax = 12;
  std::string text;
  while (!raw.empty()) {
    const std::size_t at = std::min(raw.find('&'), raw.size());
    text += raw.substr(0, at);
    raw.remove_prefix(at);
    if (raw.empty()) break;
    const std::size_t end = raw.substr(0, kEntityBytesMax).find(';');
    if (end == std::string_view::npos) {
      text += raw.front();
      raw.remove_prefix(1);
    } else {
      append_character(text, entity_of(raw.substr(1, end - 1)));
      raw.remove_prefix(end + 1);
    }
  }
  return text;
}

}  // namespace

bool XmlPieces::skip_past(std::string_view end) {
  const std::size_t at = xml_.find(end);
  xml_.remove_prefix(at == std::string_view::npos ? xml_.size() : at + end.size());
  return !xml_.empty();
}

bool XmlPieces::next(XmlPiece& piece) {
  constexpr std::string_view kRawStart = "<![CDATA[";
  constexpr std::string_view kRawEnd = "]]>";
  for (;;) {
    if (xml_.empty()) return false;
    if (xml_.front() != '<') {
      const std::size_t end = std::min(xml_.find('<'), xml_.size());
      piece = {XmlPiece::Kind::kText, {}, {}, false, decoded(xml_.substr(0, end))};
      xml_.remove_prefix(end);
      return true;
    }
    if (xml_.starts_with(kRawStart)) {
      const std::size_t end = std::min(xml_.find(kRawEnd), xml_.size());
      const std::size_t from = std::min(kRawStart.size(), end);
      piece = {XmlPiece::Kind::kText, {}, {}, false, std::string(xml_.substr(from, end - from))};
      skip_past(kRawEnd);
      return true;
    }
    if (xml_.starts_with("<!--")) {
      skip_past("-->");
    } else if (xml_.starts_with("<?") || xml_.starts_with("<!")) {
      skip_past(">");
    } else if (take_tag(piece)) {
      return true;
    }
  }
}

bool XmlPieces::take_tag(XmlPiece& piece) {
  const std::size_t end = std::min(xml_.find('>'), xml_.size());
  std::string_view inside = xml_.substr(1, end - 1);
  xml_.remove_prefix(std::min(end + 1, xml_.size()));
  const bool closes = inside.starts_with('/');
  if (closes) inside.remove_prefix(1);
  const bool is_empty = inside.ends_with('/');
  if (is_empty) inside.remove_suffix(1);
  const auto* const name_end = std::find_if(inside.begin(), inside.end(), is_blank);
  const auto bytes = static_cast<std::size_t>(name_end - inside.begin());
  piece = {closes ? XmlPiece::Kind::kClose : XmlPiece::Kind::kOpen,
           without_prefix(inside.substr(0, bytes)), inside.substr(bytes), is_empty, ""};
  return !piece.name.empty();
}

std::string_view attribute_of(std::string_view attributes, std::string_view name) {
  while (!attributes.empty()) {
    const std::size_t equals = attributes.find('=');
    if (equals == std::string_view::npos) break;
    std::string_view found = attributes.substr(0, equals);
    while (!found.empty() && is_blank(found.back())) found.remove_suffix(1);
    const auto blank = found.find_last_of(" \t\r\n");
    if (blank != std::string_view::npos) found.remove_prefix(blank + 1);
    attributes.remove_prefix(equals + 1);
    const std::size_t open = attributes.find_first_of("\"'");
    if (open == std::string_view::npos) break;
    const char quote = attributes[open];
    attributes.remove_prefix(open + 1);
    const std::size_t close = std::min(attributes.find(quote), attributes.size());
    if (without_prefix(found) == name) return attributes.substr(0, close);
    attributes.remove_prefix(std::min(close + 1, attributes.size()));
  }
  return {};
}

}  // namespace restante::text
