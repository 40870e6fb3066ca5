#include "text/html/html_text.h"

#include <gtest/gtest.h>

#include "text/html/html_tokens.h"

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

TEST(HtmlText, HiddenText) {
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

TEST(HtmlText, AddressesBehindLinks) {
  EXPECT_EQ(plain("<a href=\"mailto:ann@a.example?subject=x\">Write to me</a>", Links::kShown),
            "Write to me <ann@a.example>\n");
  EXPECT_EQ(plain("<a href=\"MAILTO:ann@a.example\">ann@a.example</a>", Links::kShown),
            "ann@a.example\n");
  EXPECT_EQ(plain("<a href=\"mailto:ann@a.example\">Write</a>"), "Write\n");
  EXPECT_EQ(plain("<a href=\"mailto:\">Write</a>", Links::kShown), "Write\n");
}

TEST(HtmlText, CharactersAsBrowsersReadThem) {
  EXPECT_EQ(plain("it&#146;s 5 &#128; &#x97; &#129; &#0; &#x110000;"),
            "it’s 5 € — \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD\n");
  EXPECT_EQ(plain("&copy 2003 &COPY; &eacutex &#8364 &#x20AC&amp&lt"), "© 2003 © éx € €&<\n");
  EXPECT_EQ(plain("&check; &lstrok;&Scaron;&zcaron; &NotEqualTilde; &rarr;"), "✓ łŠž ≂̸ →\n");
  EXPECT_EQ(plain("&; &# &#x &#xg; &unknown; &hellip &amp;copy;"),
            "&; &# &#x &#xg; &unknown; &hellip &copy;\n");
  EXPECT_EQ(plain("<a href='https://x.example/?a=1&copy=2&reg;'>x</a>", Links::kShown),
            "x <https://x.example/?a=1&copy=2®>\n");
}

TEST(HtmlText, JointsWithinWordsAlone) {
  EXPECT_EQ(plain("می\u200Cخواهم &#1605;&zwnj;&#1582;"), "می\u200Cخواهم م\u200Cخ\n");
  EXPECT_EQ(plain("👩&zwj;👧"), "👩\u200D👧\n");
  EXPECT_EQ(plain("Hello&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#xFEFF;&zwnj; there&zwnj;"),
            "Hello there\n");
}

TEST(HtmlText, WhatStandsForScripts) {
  EXPECT_EQ(plain("a<noscript><p>read this</p></noscript>b"), "a\n\nread this\n\nb\n");
}

TEST(HtmlText, ListsAndTablesWithinOthers) {
  EXPECT_EQ(plain("<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>e"),
            "* a\n  * b\n  * c\n* d\ne\n");
  EXPECT_EQ(plain("<ol><li><p>one</p></li><li><div>two</div><li></ol><ul><li>x</ul>"),
            "1. one\n\n2. two\n3.\n* x\n");
  EXPECT_EQ(plain("<table><tr><td><table><tr><td>a<td>b</table></td><td><p>c</td></tr></table>"),
            "a b\n\nc\n");
}

TEST(HtmlText, DeepAndLong) {
  for (const char* const piece :
       {"<div>", "<b>", "<table>", "<ul><li>", "<p>", "</p>", "<a href=x>", "<!", "<", "&", "&#",
        "&a", "<!--x", "<x y=\"", "<style>", "<pre>", "&zwnj;", "<title>x</title>"}) {
    std::string html;
    while (html.size() < 30'000) html += piece;
    html_to_text(html, Links::kShown, 1'000'000);
  }
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
