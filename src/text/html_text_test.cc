#include "text/html_text.h"

#include <gtest/gtest.h>

#include "text/html_tokens.h"

namespace restante::text {
namespace {

std::string plain(std::string_view html, Links links = Links::kLeftOut) {
  return html_to_text(html, links, 10'000);
}

TEST(HtmlText, WhatAReaderSees) {
  EXPECT_EQ(plain("<p>One</p><p>Two<br>lines</p>"), "One\n\nTwo\nlines\n");
  EXPECT_EQ(plain("<div>a</div>\n\n  <div>b   c\n d</div>"), "a\nb c d\n");
  EXPECT_EQ(plain("<ul><li>one<li>two</ul>after"), "* one\n* two\nafter\n");
  EXPECT_EQ(plain("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>"), "a b\nc\n");
  EXPECT_EQ(plain("<pre>a\n  b</pre>c"), "a\n  b\n\nc\n");
  EXPECT_EQ(plain("M&uuml;ller &amp; S&#246;hne &#x2014; &lt;ok&gt; &nosuch; &"),
            "Müller & Söhne — <ok> &nosuch; &\n");
  EXPECT_EQ(plain("a<img alt='a picture'>b<hr>c"), "aa pictureb\n---\nc\n");
  EXPECT_EQ(plain(""), "");
}

TEST(HtmlText, WhatNobodySees) {
  EXPECT_EQ(plain("<head><title>t</title><style>p { x }</style></head><body>text"), "text\n");
  EXPECT_EQ(plain("a<script>if (a < b) '</p>'</script>b<!-- no --><!doctype x><?php y ?>c"),
            "abc\n");
  EXPECT_EQ(plain("<style>never ends"), "");
  EXPECT_EQ(plain("<!-- never ends"), "");
}

TEST(HtmlText, Links) {
  EXPECT_EQ(plain("<a href=\"https://x.example/\">here</a>", Links::kShown),
            "here <https://x.example/>\n");
  EXPECT_EQ(plain("<a href='https://x.example/'>https://x.example/</a>", Links::kShown),
            "https://x.example/\n");
  EXPECT_EQ(plain("<a href=\"javascript:x\">here</a>", Links::kShown), "here\n");
}

TEST(HtmlText, BrokenMarkupIsText) {
  EXPECT_EQ(plain("1 < 2 and 3 > 2 <"), "1 < 2 and 3 > 2 <\n");
  EXPECT_EQ(plain("<p <b>x</b"), "x\n");
  EXPECT_EQ(plain("<a href=\"never closed>x</a>"), "");
}

TEST(HtmlText, IsCut) {
  EXPECT_EQ(html_to_text("<p>" + std::string(1000, 'x'), Links::kLeftOut, 10),
            std::string(10, 'x') + "\n");
}

TEST(HtmlTokens, AttributesInAllSpellings) {
  HtmlTokens tokens("<A HREF=x&amp;y class='a b' id=\"c\" hidden = 1 id=again disabled/>");
  HtmlToken token;
  ASSERT_TRUE(tokens.next(token));
  EXPECT_EQ(token.kind, HtmlToken::Kind::kStart);
  EXPECT_EQ(token.name, "a");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"href", "x&y"}, {"class", "a b"}, {"id", "c"}, {"hidden", "1"}, {"disabled", ""}};
  EXPECT_EQ(token.attributes, expected);
  EXPECT_FALSE(tokens.next(token));
}

}  // namespace
}  // namespace restante::text
