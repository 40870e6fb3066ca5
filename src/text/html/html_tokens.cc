#include "text/html/html_tokens.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace restante::text {
namespace {

// The content of noscript is read: mail is shown without its scripts.
constexpr std::array<std::string_view, 9> kRawElements = {
    "script", "style", "xmp", "iframe", "noembed", "title", "textarea", "noframes", "plaintext"};
constexpr std::size_t kAttributesMax = 64;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// Where "</name" begins, with something behind it that ends a tag's name.
std::size_t find_end_tag(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find("</"); at != std::string_view::npos;
       at = text.find("</", at + 2)) {
    const std::string_view found = text.substr(at + 2, name.size());
    const std::size_t behind = at + 2 + name.size();
    if (equals_ignore_case(found, name) && (behind >= text.size() || is_blank(text[behind]) ||
                                            text[behind] == '>' || text[behind] == '/'))
      return at;
  }
  return text.size();
}

}  // namespace

bool HtmlTokens::next(HtmlToken& token) {
  token = HtmlToken();
  if (!raw_.empty()) {
    const std::size_t end = find_end_tag(rest_, raw_);
    token.kind = HtmlToken::Kind::kRaw;
    token.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    raw_.clear();
    return true;
  }
  while (!rest_.empty()) {
    if (rest_.front() == '<') {
      const std::string_view before = rest_;
      if (take_markup(token)) return true;
      if (rest_.size() < before.size()) continue;  // A comment.
    }
    // Text, or a "<" that begins no tag.
    const std::size_t end = std::min(rest_.find('<', 1), rest_.size());
    token.text = resolve_entities(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }
  return false;
}

bool HtmlTokens::take_markup(HtmlToken& token) {
  if (rest_.starts_with("<!--")) {
    const std::size_t end = rest_.find("-->", 2);  // "<!-->" is a whole comment.
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 3);
    return false;
  }
  if (rest_.starts_with("<!") || rest_.starts_with("<?")) {
    rest_.remove_prefix(std::min(rest_.find('>'), rest_.size() - 1) + 1);
    return false;
  }
  const bool is_end = rest_.starts_with("</");
  const std::size_t name_at = is_end ? 2 : 1;
  if (rest_.size() <= name_at || !is_alpha(rest_[name_at])) return false;
  rest_.remove_prefix(name_at);
  token.kind = is_end ? HtmlToken::Kind::kEnd : HtmlToken::Kind::kStart;
  take_tag(token);
  if (!is_end &&
      std::find(kRawElements.begin(), kRawElements.end(), token.name) != kRawElements.end())
    raw_ = token.name;
  return true;
}

void HtmlTokens::take_tag(HtmlToken& token) {
  token.name = to_lower(take_name());
  for (;;) {
    skip_blanks();
    if (rest_.empty()) return;
    if (rest_.front() == '>') {
      rest_.remove_prefix(1);
      return;
    }
    if (rest_.front() == '/') {
      rest_.remove_prefix(1);
      continue;
    }
    take_attribute(token);
  }
}

void HtmlTokens::take_attribute(HtmlToken& token) {
  const bool strange = rest_.front() == '=';  // "=x" is the name of an attribute.
  std::string name(rest_.substr(0, strange ? 1 : 0));
  rest_.remove_prefix(name.size());
  name += to_lower(take_name());
  skip_blanks();
  std::string value;
  if (rest_.starts_with('=')) {
    rest_.remove_prefix(1);
    skip_blanks();
    std::size_t end = 0;
    if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) {
      const char quote = rest_.front();
      rest_.remove_prefix(1);
      end = std::min(rest_.find(quote), rest_.size());
      value = resolve_entities(rest_.substr(0, end), true);
      end = std::min(end + 1, rest_.size());
    } else {
      while (end < rest_.size() && !is_blank(rest_[end]) && rest_[end] != '>') ++end;
      value = resolve_entities(rest_.substr(0, end), true);
    }
    rest_.remove_prefix(end);
  }
  const bool known = std::any_of(token.attributes.begin(), token.attributes.end(),
                                 [&](const auto& attribute) { return attribute.first == name; });
  if (!known && token.attributes.size() < kAttributesMax)
    token.attributes.emplace_back(std::move(name), std::move(value));
}

std::string_view HtmlTokens::take_name() {
  std::size_t end = 0;
  while (end < rest_.size() && !is_blank(rest_[end]) && rest_[end] != '>' && rest_[end] != '/' &&
         rest_[end] != '=')
    ++end;
  const std::string_view name = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return name;
}

void HtmlTokens::skip_blanks() {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

}  // namespace restante::text
