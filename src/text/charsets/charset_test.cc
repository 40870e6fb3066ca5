#include "text/charsets/charset.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/charset_label.h"

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
           Case{"M\xfcller", "utf-8", "Müller"},
           Case{"\xd0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "привет"},
           Case{"\x93\xfa\x96{", "shift_jis", "日本"},
           Case{"\x1b$BF|K\\\x1b(B", "iso-2022-jp", "日本"},
           Case{"\xc4\xe3\xba\xc3", "gb2312", "你好"},
           // No name, or an unknown one.
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

// What senders mean by a name is wider than the name.
TEST(Charset, WhatSendersMeanByTheName) {
  struct Case {
    std::string_view octets, charset, expected;
  };
  for (const Case& one : {
           Case{"\x80 \x93x\x94", "iso-8859-1", "€ “x”"},
           Case{"\x93x\x94 \xfe", "ISO_8859-9:1989", "“x” ş"},
           Case{"\x93x\x94 \xea", "iso-8859-2", "“x” ę"},
           Case{"abc\x81", "windows-1252", "abc\xEF\xBF\xBD"},
           Case{"\xba\xcf \x80", "gb2312", "合 €"},
           Case{"\xe7\x46", "gb2312-80", "鏔"},
           Case{"\x8c\x63\xb9\xe6\xb0\xa2\xc7\xcf", "ks_c_5601-1987", "똠방각하"},
           Case{"\xc7\xd1\xb1\xdb", "ksc5601", "한글"},
           Case{"\x9d\xf6\xab\xd7", "big5", "喺度"},
           Case{"\x87\x40\x87\x8a\xb1\xfb\xfc", "shift_jis", "①㈱ｱ髙"},
           Case{"\xad\xa1\x8e\xb1", "x-euc-jp", "①ｱ"},
           Case{"~{VPND~} a", "hz-gb-2312", "中文 a"},
           Case{"gr+APYA3w-e", "unicode-1-1-utf-7", "größe"},
           Case{"gr\x9a\xa7"
                "e \x8e",
                "x-mac-roman", "größe é"},
           Case{"\xe7 \xfe", "x-mac-romanian", "Á ˛"},
           Case{"gr\x94\xe1"
                "e",
                "cp-850", "größe"},
           Case{"\xaa\xfe", "iso-8859-16", "Șț"},
           Case{"Vi\xaet", "viscii", "Việt"},
           Case{"\xc8\x85\x93\x93\x96", "ebcdic-cp-us", "Hello"},
       })
    EXPECT_EQ(to_utf8(one.octets, one.charset), one.expected) << one.charset;
}

TEST(Charset, JapaneseWithItsEscapes) {
  for (const auto& [octets, expected] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"\x1b$BF|K\\\x1b(B", "日本"},
           {"\x1b$B-!-j\x1b(I1\x1b(B", "①㈱ｱ"},
           {"\x1b$@F|K\\\x1b(J\\~\x1b(B\\~", "日本¥‾\\~"},
           {"\x1b$BF|\nplain", "日\nplain"},  // A line begins anew.
           {"\x0e\x31\x0f"
            "a",
            "ｱa"},
           {"\xb1", "ｱ"},
           {"\x1b$(D0!\x1b$A0!\x1b$(C0!\x1b(B", "丂啊가"},
           {"\x1b[1m", "\x1b[1m"},
           {"\x1b$BF", "\xEF\xBF\xBD"},
       })
    EXPECT_EQ(to_utf8(octets, "iso-2022-jp"), expected) << expected;
  // It shows by itself what it is.
  for (const char* const charset : {"", "us-ascii", "utf-8", "iso-8859-1", "x-unknown", "gb2312"})
    EXPECT_EQ(to_utf8("\x1b$BF|K\\\x1b(B", charset), "日本") << charset;
  EXPECT_EQ(to_utf8("\x1b$)C\n\x0eGQ1[\x0f a", "iso-2022-kr"), "\n한글 a");
}

TEST(Charset, DamagedUtf8IsUtf8) {
  const std::string damaged = "Grüße und mehr Grüße \xff";
  for (const char* const charset : {"", "us-ascii", "unknown", "iso-8859-1", "utf-8"})
    EXPECT_EQ(to_utf8(damaged, charset), "Grüße und mehr Grüße \xEF\xBF\xBD") << charset;
  // An octet at the end that no further octet could complete is no part of a cut character.
  EXPECT_EQ(to_utf8("S\xfc\xdf", "utf-8"), "Süß");
}

TEST(Charset, Utf8AndAnotherTogether) {
  struct Case {
    std::string_view octets, charset, expected;
  };
  for (const Case& one : {
           // Within a line: single letters and signs of Windows.
           Case{"schön gr\xf6\xdf"
                "er",
                "utf-8", "schön größer"},
           Case{"schön \x84gr\xf6\xdf"
                "er\x93 5 \x80",
                "", "schön „größer“ 5 €"},
           Case{"„x“ it\x92s caf\xe9\n", "us-ascii", "„x“ it’s café\n"},
           Case{"schön Za\xbf\xf3\xb3\xe6", "iso-8859-2", "schön Zażółć"},
           // Lines of one under lines of the other.
           Case{"> schön\nM\xfcller\n", "utf-8", "> schön\nMüller\n"},
           Case{"M\xfcller\n> schön\nS\xfc\xdf", "iso-8859-1", "Müller\n> schön\nSüß"},
           Case{"> Привет мир\n\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n", "utf-8",
                "> Привет мир\nПривет мир\n"},
           Case{"> Привет\n\xf0\xd2\xc9\xd7\xc5\xd4\n", "koi8-r", "> Привет\nПривет\n"},
           Case{"> 你好世界\n\xd6\xd0\xce\xc4\xd3\xca\xbc\xfe\n", "", "> 你好世界\n中文邮件\n"},
           // A character that has lost an octet is damage.
           Case{"Grüße, gr\xc3 e", "utf-8", "Grüße, gr\xEF\xBF\xBD e"},
           Case{"Grüße, \xe2\x80 x", "utf-8", "Grüße, \xEF\xBF\xBD\xEF\xBF\xBD x"},
           Case{"Привет ми\xd1 и", "utf-8", "Привет ми\xEF\xBF\xBD и"},
       })
    EXPECT_EQ(to_utf8(one.octets, one.charset), one.expected) << one.charset;
}

TEST(Charset, Utf8UnderTheNameOfAnother) {
  for (const char* const charset : {"gb2312", "shift_jis", "euc-kr", "big5", "iso-2022-jp"}) {
    EXPECT_EQ(to_utf8("中文", charset), "中文") << charset;
    EXPECT_EQ(to_utf8("Привет", charset), "Привет") << charset;
    EXPECT_EQ(to_utf8("Grüße", charset), "Grüße") << charset;
    EXPECT_EQ(to_utf8("Müller", charset), "Müller") << charset;
  }
  // EUC-JP without any escape.
  EXPECT_EQ(to_utf8("\xa4\xb3\xa4\xf3\xa4\xcb\xa4\xc1\xa4\xcf", "iso-2022-jp"), "こんにちは");
}

TEST(Charset, NamesThatMailHas) {
  struct Case {
    std::string_view label, meant;
  };
  for (const Case& one : {
           Case{"x-unicode20utf8", "utf-8"},
           Case{"unicodefeff", "utf-16"},
           Case{"ucs-2le", "utf-16"},
           Case{"ucs-2be", "utf-16be"},
           Case{"utf-8-bom", "utf-8"},
           Case{"utf8-sig", "utf-8"},
           Case{"utf-8n", "utf-8"},
           Case{"x-windows-1251", "windows-1251"},
           Case{"x-windows-1252", "windows-1252"},
           Case{"x-windows-1258", "windows-1258"},
           Case{"cp28591", "windows-1252"},
           Case{"cp28605", "iso-8859-15"},
           Case{"cp28592", "iso-8859-2"},
           Case{"cp20866", "koi8-r"},
           Case{"cp21866", "koi8-u"},
           Case{"x-cp949", "windows-949"},
           Case{"x-cp950", "big5-hkscs"},
           Case{"eucjp-win", "euc-jp"},
           Case{"sjis-win", "shift_jis"},
           Case{"gbk2312", "gb18030"},
           Case{"x-gb2312", "gb18030"},
           Case{"ks_x_1001:1992", "windows-949"},
           Case{"big5-hkscs:2004", "big5-hkscs"},
           Case{"gb18030-2000", "gb18030"},
           Case{"cp943", "shift_jis"},
       })
    EXPECT_EQ(charset_meant(one.label), one.meant) << one.label;
}

TEST(Charset, AWrongNameIsNotBelieved) {
  struct Case {
    std::string_view octets, charset, expected;
  };
  for (const Case& one : {
           Case{"gr\xc3\xb6\xc3\x9f"
                "e",
                "iso-8859-1", "größe"},
           Case{"gr\xc3\xb6\xc3\x9f"
                "e",
                "ANSI_X3.4-1968", "größe"},
           Case{"gr\xc3\xb6\xc3\x9f"
                "e",
                "koi8-r", "größe"},
           Case{"gr\xc3\xb6\xc3\x9f"
                "e",
                "utf-16", "größe"},
           Case{"gr\xf6\xdf"
                "e",
                "utf-8", "größe"},
           Case{"\xf0\xd2\xc9\xd7\xc5\xd4 \xcd\xc9\xd2", "utf-8", "Привет мир"},
           Case{"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0", "us-ascii", "Привет мир"},
           Case{"\xc6\xfc\xcb\xdc\xb8\xec\xa5\xc6\xa5\xb9\xa5\xc8", "shift_jis", "日本語テスト"},
           Case{"\x93\xfa\x96{\x8c\xea", "iso-2022-jp", "日本語"},
           Case{"\xd6\xd0\xce\xc4\xd3\xca\xbc\xfe", "", "中文邮件"},
           Case{"it\x92s don\x92t \x93x\x94 \xe9", "", "it’s don’t “x” é"},
           Case{"Za\xbf\xf3\xb3\xe6", "iso-8859-2", "Zażółć"},
           Case{"\xef\xbb\xbfgr\xc3\xb6\xc3\x9f"
                "e",
                "iso-8859-1", "größe"},
           Case{std::string_view("\xff\xfeg\0r\0\xf6\0", 8), "utf-8", "grö"},
           Case{std::string_view("\0g\0r\0\xf6", 6), "utf-16", "grö"},
           Case{std::string_view("g\0r\0\xf6\0", 6), "utf-16", "grö"},
           // A cut is no other charset.
           Case{"gr\xc3\xb6\xc3\x9f"
                "e\xe3\x81",
                "utf-8", "größe\xEF\xBF\xBD\xEF\xBF\xBD"},
           Case{"abc\xe3\x81", "utf-8", "abc\xEF\xBF\xBD\xEF\xBF\xBD"},
       })
    EXPECT_EQ(to_utf8(one.octets, one.charset), one.expected) << one.charset << one.expected;
}

TEST(Charset, NamesInAllSpellings) {
  for (const char* const name : {"UTF-8", "utf8", "x-utf-8", "\"utf-8\"", "utf-8;", " utf_8 "})
    EXPECT_EQ(charset_meant(name), "utf-8") << name;
  for (const char* const name : {"latin1", "ISO_8859-1:1987", "iso-ir-100", "cp819", "L1"})
    EXPECT_EQ(charset_meant(name), "windows-1252") << name;
  for (const char* const name : {"x-unknown", "8bit", "", "charset", "../../etc/passwd", "a,b=c"})
    EXPECT_EQ(charset_meant(name), "") << name;
  EXPECT_FALSE(is_known_charset("unknown-8bit"));
  EXPECT_TRUE(is_known_charset("Extended_UNIX_Code_Packed_Format_for_Japanese"));
}

TEST(Charset, AlwaysWellFormed) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const char* const charset :
       {"", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "x", "big5", "windows-1252",
        "us-ascii", "utf-32", "iso-2022-kr", "hz", "viscii", "ibm037", "iso-2022-cn"}) {
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
