// HTML of mail: its text is bounded and well-formed; cleaned, it has no element or attribute that
// is not allowed, and cleaning it again changes nothing.
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/check.h"
#include "text/charsets/charset.h"
#include "text/html/html_clean.h"
#include "text/html/html_text.h"
#include "text/html/html_tokens.h"
#include "text/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace text = restante::text;
  const std::string html =
      text::to_utf8(restante::as_text(std::as_bytes(std::span(data, size))), "utf-8");
  const std::string plain = text::html_to_text(html, text::Links::kShown, 4096);
  RESTANTE_CHECK(plain.size() <= 4097 && restante::is_utf8(plain));
  std::size_t end = 0;
  text::WordCutter().cut(plain, [&](const text::Word& word) {
    RESTANTE_CHECK(!word.folded.empty() && restante::is_utf8(word.folded));
    RESTANTE_CHECK(word.from <= word.to && word.to <= plain.size() && end <= word.to);
    end = word.to;
    return true;
  });

  constexpr std::size_t kEnough = 1U << 20;
  const std::string clean = text::clean_html(html, kEnough).html;
  RESTANTE_CHECK(text::clean_html(clean, kEnough).html == clean);
  text::HtmlTokens tokens(clean);
  text::HtmlToken token;
  while (tokens.next(token)) {
    RESTANTE_CHECK(token.kind != text::HtmlToken::Kind::kRaw);
    for (const auto& [name, value] : token.attributes) {
      RESTANTE_CHECK(!name.starts_with("on") && name != "style" && name != "srcset");
      if (name == "href")
        RESTANTE_CHECK(value.starts_with('#') || restante::starts_with_ignore_case(value, "http") ||
                       restante::starts_with_ignore_case(value, "mailto:"));
      if (name == "src") RESTANTE_CHECK(restante::starts_with_ignore_case(value, "data:image/"));
    }
  }
  return 0;
}
