#include "text/charset.h"

#include <gtest/gtest.h>

#include "base/ascii.h"

namespace restante::text {
namespace {

TEST(Charset, WhatItIsAndWhatItIsNot) {
  struct Case {
    std::string_view octets, charset, expected;
  };
  for (const Case& one : {
           Case{"abc", "us-ascii", "abc"},
           Case{"M\xfcller", "iso-8859-1", "Müller"},
           Case{"\x93quoted\x94", "iso-8859-1", "“quoted”"},
           Case{"M\xc3\xbcller", "UTF-8", "Müller"},
           Case{"M\xfcller", "utf-8", "M\xEF\xBF\xBDller"},
           Case{"\xd0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "привет"},
           Case{"\x93\xfa\x96{", "shift_jis", "日本"},
           Case{"\x1b$BF|K\\\x1b(B", "iso-2022-jp", "日本"},
           Case{"\xc4\xe3\xba\xc3", "gb2312", "你好"},
           // Nobody said, or nobody knows.
           Case{"M\xc3\xbcller", "", "Müller"},
           Case{"M\xfcller", "", "Müller"},
           Case{"M\xc3\xbcller", "us-ascii", "Müller"},
           Case{"M\xfcller", "x-unknown", "Müller"},
           Case{"M\xfcller", "no such/charset", "Müller"},
           Case{"M\xfcller", "default_charset", "Müller"},
           Case{"", "utf-16", ""},
       })
    EXPECT_EQ(to_utf8(one.octets, one.charset), one.expected) << one.charset;
}

TEST(Charset, AlwaysWellFormed) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const char* const charset : {"", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "x",
                                    "big5", "windows-1252", "us-ascii"}) {
    EXPECT_TRUE(is_utf8(to_utf8(all, charset))) << charset;
    EXPECT_TRUE(is_utf8(to_utf8(all.substr(128), charset))) << charset;
  }
}

TEST(Charset, CutsBetweenCharacters) {
  const std::string text = "aü日😀";
  for (std::size_t bytes = 0; bytes <= text.size() + 1; ++bytes) {
    const std::string_view cut = cut_utf8(text, bytes);
    EXPECT_TRUE(is_utf8(cut));
    EXPECT_LE(cut.size(), bytes);
    EXPECT_TRUE(text.starts_with(cut));
  }
}

TEST(Charset, CharactersThereAndBack) {
  std::string_view text = "aü日😀";
  std::string again;
  std::string_view rest = text;
  while (!rest.empty()) append_character(again, take_character(rest));
  EXPECT_EQ(again, text);
  std::string replaced;
  append_character(replaced, 0xD800);
  append_character(replaced, 0x110000);
  EXPECT_EQ(replaced, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace restante::text
