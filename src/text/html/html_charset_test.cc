#include "text/html/html_charset.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(HtmlCharset, WhatTheDocumentSays) {
  EXPECT_EQ(html_charset("<html><head><meta charset=\"windows-1251\">"), "windows-1251");
  EXPECT_EQ(html_charset("<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=GBK'>"), "GBK");
  EXPECT_EQ(html_charset("<meta content=\"text/html; charset = 'koi8-r' ; x\">"), "koi8-r");
  EXPECT_EQ(html_charset("<meta charset=no-such><meta charset=gbk>"), "gbk");
  EXPECT_EQ(html_charset("<meta charset=utf-16>"), "utf-8");
  EXPECT_EQ(html_charset("\xEF\xBB\xBF<meta charset=gbk>"), "utf-8");
  for (const char* const none :
       {"", "<p>charset=gbk", "<!-- <meta charset=gbk> -->", "<meta charset>",
        "<meta content=charset>", "<meta content='charset='>"})
    EXPECT_EQ(html_charset(none), "") << none;
  EXPECT_EQ(html_charset(std::string(5000, ' ') + "<meta charset=gbk>"), "");
}

TEST(HtmlCharset, ThePartsCharsetCountsFirst) {
  const std::string_view html = "<meta charset=windows-1251>\xCF\xF0\xE8\xE2\xE5\xF2";
  EXPECT_TRUE(html_to_utf8(html, "").ends_with("Привет"));
  EXPECT_TRUE(html_to_utf8(html, "us-ascii").ends_with("Привет"));
  EXPECT_TRUE(html_to_utf8(html, "x-unknown").ends_with("Привет"));
  EXPECT_TRUE(html_to_utf8(html, "iso-8859-1").ends_with("Ïðèâåò"));
}

}  // namespace
}  // namespace restante::text
