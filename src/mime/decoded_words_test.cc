#include "mime/decoded_words.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/ascii.h"

namespace restante::mime {
namespace {

TEST(DecodedWords, PaddingEndsNothing) {
  EXPECT_EQ(decode_text("=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?B?IGFuIGFsbGU=?="), "Grüße an alle");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LDvMOfZQ?="), "Grüße");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LDvMOfZQ==IGFuIGFsbGU=?="), "Grüße an alle");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LD vMOf\r\n ZQ==?="), "Grüße");
  EXPECT_EQ(decode_text("=?utf-8?b?fn5-?="), "~~~");
}

TEST(DecodedWords, CharactersAreCutInTwo) {
  EXPECT_EQ(decode_text("=?utf-8?Q?Gr=C3?=\r\n =?UTF-8?Q?=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LD?= =?utf-8?Q?=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=?utf-8*de?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=?shift_jis?Q?=93?= =?shift_jis?Q?=FA=96{?="), "日本");
  EXPECT_EQ(decode_text("=?utf-8?Q?a=C3=BC?= =?iso-8859-1?Q?=FC?= b"), "aüü b");
}

TEST(DecodedWords, WhereverTheyStand) {
  EXPECT_EQ(decode_text("Re:=?utf-8?Q?_Gr=C3=BC=C3=9Fe?=!"), "Re: Grüße!");
  EXPECT_EQ(decode_text("\"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\" x"), "\"Grüße\" x");
  EXPECT_EQ(decode_text("a =?utf-8?Q?b?= c =?utf-8?Q?d?="), "a b c d");
  EXPECT_EQ(decode_text("=?utf-8?Q?a?==?utf-8?Q?b?="), "ab");
  EXPECT_EQ(decode_text("=?utf-8?Q?What now?\?= x"), "What now? x");
  EXPECT_EQ(decode_text("=?utf-8?Q?\?= x"), "x");
  EXPECT_EQ(decode_text("=?utf-8?Q?cut=C3=BC"), "cutü");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LDvMOfZQ==? next"), "Grüße next");
}

TEST(DecodedWords, BrokenEndsAndNames) {
  EXPECT_EQ(decode_text("=?utf-8?Q?Gr=C3?= =?UTF8?Q?=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=? utf-8 ?q?Gr=C3=BC?="), "Grü");
  EXPECT_EQ(decode_text("=? ?q?Gr?="), "=? ?q?Gr?=");
  EXPECT_EQ(decode_text("=?utf-8?Q?what?=20next?="), "what? next");
  EXPECT_EQ(decode_text("=?utf-8?Q?from?=10 =?utf-8?Q?to?="), "from10 to");
  EXPECT_EQ(decode_text("=?utf-8?Q?a?=20=?utf-8?Q?b?="), "a20b");
  // The end is missing, and the next word has one.
  EXPECT_EQ(decode_text("=?utf-8?Q?abc =?utf-8?Q?def?="), "abcdef");
  EXPECT_EQ(decode_text("=?utf-8?Q?a=C3=BC x =?utf-8?Q?def?="), "aü x def");
  EXPECT_EQ(decode_text("=?utf-8?B?R3LDvMOf=?utf-8?B?ZQ==?="), "Grüße");
}

TEST(DecodedWords, RawUtf8UnderAnotherName) {
  EXPECT_EQ(decode_text("Привет", "gb2312"), "Привет");
  EXPECT_EQ(decode_text("Grüße", "shift_jis"), "Grüße");
  EXPECT_EQ(decode_text("Müller", "iso-2022-jp"), "Müller");
  EXPECT_EQ(decode_text("=?gb2312?B?5Lit5paH?="), "中文");
  // Folded within a character.
  EXPECT_EQ(decode_text("Gr\xc3\r\n \xbc\xc3\x9f"
                        "e"),
            "Grüße");
  EXPECT_EQ(decode_text("Gr\xc3\xbc\r\n \xc3\x9f"
                        "e"),
            "Grü ße");
}

TEST(DecodedWords, WhatIsNoneStays) {
  for (const char* const text : {"=?", "=?=", "=?utf-8?X?abc?=", "=?utf-8?", "=?a b?Q?c?=", "a=?b",
                                 "=?utf-8?Q", "1 =? 2 ?= 3"})
    EXPECT_EQ(decode_text(text), text);
  EXPECT_EQ(decode_text("=?utf-8?Q?100=_=zz=4?="), "100= =zz=4");
}

TEST(DecodedWords, WhatTheirCharsetIs) {
  EXPECT_EQ(decode_text("=?iso-8859-1?Q?5_=80_=93x=94?="), "5 € “x”");
  EXPECT_EQ(decode_text("=?us-ascii?Q?Gr=C3=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=?utf-8?Q?Gr=FC=DFe?="), "Grüße");
  EXPECT_EQ(decode_text("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_text("=?iso-2022-jp?B?GyRCLSEbKEI=?="), "①");
  EXPECT_EQ(decode_text("=??Q?Gr=FC=DFe?="), "Grüße");
}

TEST(DecodedWords, OctetsOutsideOfWords) {
  EXPECT_EQ(decode_text("Gr\xc3\xbc\xc3\x9f"
                        "e",
                        "iso-8859-1"),
            "Grüße");
  EXPECT_EQ(decode_text("Gr\xfc\xdf"
                        "e"),
            "Grüße");
  EXPECT_EQ(decode_text("\xf0\xd2\xc9\xd7\xc5\xd4 \xcd\xc9\xd2", "koi8-r"), "Привет мир");
  EXPECT_EQ(decode_text("\xf0\xd2\xc9\xd7\xc5\xd4 \xcd\xc9\xd2"), "Привет мир");
  EXPECT_EQ(decode_text("\xd6\xd0\xce\xc4", "gb2312"), "中文");
  EXPECT_EQ(decode_text("\xe4\xb8\xad\xe6\x96\x87", "gb2312"), "中文");
  EXPECT_EQ(decode_text("\x1b$BF|K\\\x1b(B", "iso-2022-jp"), "日本");
  EXPECT_EQ(decode_text("Re: \x1b$BF|K\\\x1b(B"), "Re: 日本");
  EXPECT_EQ(decode_text("1+AOQ-", "utf-7"), "1+AOQ-");
  EXPECT_EQ(decode_text("Gr\xfc\xdf"
                        "e",
                        "utf-16"),
            "Grüße");
  EXPECT_EQ(decode_text("Gr\xfc\xdf"
                        "e =?utf-8?Q?=C3=BC?="),
            "Grüße ü");
}

TEST(DecodedWords, IsOneLine) {
  EXPECT_EQ(decode_text("  a \r\n\t b\n c \r\n"), "a b c");
  EXPECT_EQ(decode_text("=?utf-8?Q?a=0D=0Ab=00=1B[1m=7F=C2=9B?="), "a b[1m");
  EXPECT_EQ(one_line("\xC2"), "\xC2");
}

TEST(DecodedWords, HostileFieldsTakeNoTime) {
  const std::clock_t begin = std::clock();
  for (const std::string_view piece :
       {"=?", "=?a?B?", "=?a?B?=?", "?=", "=?a?Q?=C3?= ", "\x1b$B", "=?iso-2022-jp?B?GyRC?=\xff",
        " ", "=?utf-7?Q?+?=", "\xf0\xd2", "=?a?b?c?=x=?"}) {
    std::string field;
    while (field.size() < 2 * kFieldBytesMax) field.append(piece);
    const std::string text = decode_text(field);
    EXPECT_LE(text.size(), kFieldBytesMax);
    EXPECT_TRUE(is_utf8(text));
  }
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 10);
}

}  // namespace
}  // namespace restante::mime
