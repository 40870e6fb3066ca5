#include "text/html/html_clean.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/ascii.h"
#include "text/html/html_tokens.h"
#include "text/percent.h"

namespace restante::text {
namespace {

constexpr std::array<std::string_view, 55> kElements = {
    "a",       "abbr",   "address", "article", "b",      "big",      "blockquote", "br",
    "caption", "center", "cite",    "code",    "col",    "colgroup", "dd",         "del",
    "dfn",     "div",    "dl",      "dt",      "em",     "font",     "h1",         "h2",
    "h3",      "h4",     "h5",      "h6",      "hr",     "i",        "img",        "ins",
    "kbd",     "li",     "ol",      "p",       "pre",    "q",        "s",          "samp",
    "section", "small",  "span",    "strike",  "strong", "sub",      "sup",        "table",
    "tbody",   "td",     "tfoot",   "th",      "thead",  "tr",       "u"};
constexpr std::array<std::string_view, 3> kMoreElements = {"ul", "var", "wbr"};
constexpr std::array<std::string_view, 5> kVoid = {"br", "col", "hr", "img", "wbr"};
constexpr std::array<std::string_view, 17> kAttributes = {
    "align",   "alt",     "bgcolor", "border", "cellpadding", "cellspacing",
    "color",   "colspan", "dir",     "face",   "height",      "lang",
    "rowspan", "size",    "title",   "valign", "width"};
// Deeper elements are left out, their text stays.
constexpr std::size_t kDepthMax = 200;
constexpr std::size_t kOwnImagesMax = 500;
constexpr std::size_t kOwnBytesMax = 20U << 20;

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_allowed(std::string_view element) {
  return is_in(kElements, element) || is_in(kMoreElements, element);
}

/// A link that a reader may follow. Browsers ignore blanks and controls inside of schemes; here
/// they make a link unusable.
bool is_safe_link(std::string_view url) {
  if (std::any_of(url.begin(), url.end(), [](char c) { return is_control(c); })) return false;
  for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
    if (starts_with_ignore_case(url, scheme)) return true;
  }
  return url.starts_with('#');
}

/// A picture that is in the text itself; no SVG, which is a document of its own.
bool is_inline_image(std::string_view url) {
  for (const std::string_view type : {"data:image/png;base64,", "data:image/jpeg;base64,",
                                      "data:image/gif;base64,", "data:image/webp;base64,"}) {
    if (starts_with_ignore_case(url, type)) {
      const std::string_view data = url.substr(type.size());
      return std::all_of(data.begin(), data.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
      });
    }
  }
  return false;
}

class Cleaner {
 public:
  Cleaner(std::size_t bytes_max, const OwnImages& images)
      : bytes_max_(bytes_max), images_(images) {}

  [[nodiscard]] bool is_full() const { return clean_.html.size() - own_bytes_ >= bytes_max_; }

  void take(const HtmlToken& token) {
    switch (token.kind) {
      case HtmlToken::Kind::kText: clean_.html += escape_html(token.text); return;
      case HtmlToken::Kind::kStart: start(token); return;
      case HtmlToken::Kind::kEnd: end(token.name); return;
      case HtmlToken::Kind::kRaw: return;
    }
  }

  CleanHtml finish() {
    while (!open_.empty()) close_last();
    return std::move(clean_);
  }

 private:
  void start(const HtmlToken& token) {
    if (!is_allowed(token.name) || open_.size() >= kDepthMax) return;
    if (token.name == "img") return image(token);
    clean_.html += "<" + token.name;
    attributes(token);
    if (token.name == "a") link(token);
    clean_.html += ">";
    if (!is_in(kVoid, token.name)) open_.push_back(token.name);
  }

  void end(const std::string& name) {
    const auto found = std::find(open_.rbegin(), open_.rend(), name);
    if (found == open_.rend()) return;
    const auto depth = static_cast<std::size_t>(open_.rend() - found) - 1;
    while (open_.size() > depth) close_last();
  }

  void close_last() {
    clean_.html += "</" + open_.back() + ">";
    open_.pop_back();
  }

  void put(std::string_view name, std::string_view value) {
    clean_.html += " ";
    clean_.html.append(name);
    clean_.html += "=\"" + escape_html(value) + "\"";
  }

  void attributes(const HtmlToken& token) {
    for (const auto& [name, value] : token.attributes) {
      if (is_in(kAttributes, name)) put(name, value);
    }
  }

  void link(const HtmlToken& token) {
    for (const auto& [name, value] : token.attributes) {
      if (name != "href" || !is_safe_link(value)) continue;
      put("href", value);
      put("rel", "noopener noreferrer nofollow");
    }
  }

  void image(const HtmlToken& token) {
    bool is_own = false;
    for (const auto& [name, value] : token.attributes) {
      if (name != "src") continue;
      if (is_inline_image(value)) return put_image(value, token);
      is_own = images_ && starts_with_ignore_case(value, "cid:");
      const std::string url = is_own ? own_image(value) : std::string();
      if (is_inline_image(url)) {
        own_bytes_ += url.size();
        return put_image(url, token);
      }
    }
    if (!is_own) ++clean_.remote_images;
    for (const auto& [name, value] : token.attributes) {
      if (name == "alt" && !value.empty()) clean_.html += "[" + escape_html(value) + "]";
    }
  }

  void put_image(std::string_view url, const HtmlToken& token) {
    clean_.html += "<img";
    put("src", url);
    attributes(token);
    clean_.html += ">";
  }

  /// Empty beyond the bounds.
  std::string own_image(std::string_view url) {
    constexpr std::size_t kScheme = 4;
    if (own_images_ >= kOwnImagesMax || own_bytes_ >= kOwnBytesMax) return {};
    ++own_images_;
    return images_(percent_decoded(url.substr(kScheme)));
  }

  const std::size_t bytes_max_;
  const OwnImages& images_;
  std::size_t own_images_ = 0;
  std::size_t own_bytes_ = 0;
  CleanHtml clean_;
  std::vector<std::string> open_;
};

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      case '`': escaped += "&#96;"; break;
      default:
        if (!is_control(c) || c == '\n' || c == '\t') escaped += c;
    }
  }
  return escaped;
}

CleanHtml clean_html(std::string_view html, std::size_t bytes_max) {
  return clean_html(html, bytes_max, OwnImages());
}

CleanHtml clean_html(std::string_view html, std::size_t bytes_max, const OwnImages& images) {
  HtmlTokens tokens(html);
  HtmlToken token;
  Cleaner cleaner(bytes_max, images);
  while (!cleaner.is_full() && tokens.next(token)) cleaner.take(token);
  return cleaner.finish();
}

std::string html_document(std::string_view title, std::string_view before, std::string_view body) {
  std::string document =
      "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>";
  document += escape_html(title);
  document +=
      "</title>\n<style>body { font-family: sans-serif; margin: 2em; max-width: 60em }\n"
      "pre { white-space: pre-wrap } th { text-align: left; vertical-align: top }</style>\n"
      "</head>\n<body>\n";
  document.append(before);
  document.append(body);
  document += "\n</body>\n</html>\n";
  return document;
}

}  // namespace restante::text
