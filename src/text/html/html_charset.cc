#include "text/html/html_charset.h"

#include <algorithm>

#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/charsets/charset_label.h"
#include "text/html/html_tokens.h"

namespace restante::text {
namespace {

constexpr std::size_t kLookedAtMax = 4096;

/// Behind "charset=", with or without quotes.
std::string_view charset_in(std::string_view content) {
  const std::string lower = to_lower(content);
  std::size_t at = lower.find("charset");
  if (at == std::string::npos) return {};
  at = content.find_first_not_of(" \t", at + 7);
  if (at == std::string_view::npos || content[at] != '=') return {};
  content = content.substr(at + 1);
  content.remove_prefix(std::min(content.find_first_not_of(" \t\"'"), content.size()));
  return content.substr(0, content.find_first_of(" \t\"';,"));
}

}  // namespace

std::string html_charset(std::string_view octets) {
  if (octets.starts_with("\xEF\xBB\xBF")) return "utf-8";
  HtmlTokens tokens(octets.substr(0, kLookedAtMax));
  HtmlToken token;
  while (tokens.next(token)) {
    if (token.kind != HtmlToken::Kind::kStart || token.name != "meta") continue;
    for (const auto& [name, value] : token.attributes) {
      const std::string_view label = name == "charset"   ? std::string_view(value)
                                     : name == "content" ? charset_in(value)
                                                         : std::string_view();
      if (!is_known_charset(label)) continue;
      // What could be read so far is no UTF-16.
      return charset_meant(label).starts_with("utf-16") ? "utf-8" : std::string(label);
    }
  }
  return {};
}

std::string html_to_utf8(std::string_view octets, std::string_view charset) {
  const std::string_view meant = charset_meant(charset);
  if (!meant.empty() && meant != "us-ascii") return to_utf8(octets, charset);
  return to_utf8(octets, html_charset(octets));
}

}  // namespace restante::text
