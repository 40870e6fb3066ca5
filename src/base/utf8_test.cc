#include "base/utf8.h"

#include <gmock/gmock.h>

#include "base/ascii.h"

namespace restante {
namespace {

TEST(Utf8, ValidTextStaysAndOtherOctetsAreLatin1) {
  EXPECT_EQ(to_utf8(""), "");
  EXPECT_EQ(to_utf8("plain"), "plain");
  EXPECT_EQ(to_utf8("J\xC3\xBCrgen \xE4\xBC\x9A \xF0\x9F\x98\x80"),
            "J\xC3\xBCrgen \xE4\xBC\x9A \xF0\x9F\x98\x80");
  EXPECT_EQ(to_utf8("uid-\xE4"), "uid-\xC3\xA4");
  EXPECT_EQ(to_utf8("\xE4\xC3\xA4\xE4"), "\xC3\xA4\xC3\xA4\xC3\xA4");
  EXPECT_EQ(to_utf8("\xC3"), "\xC3\x83");              // Cut.
  EXPECT_EQ(to_utf8("\xC0\x80"), "\xC3\x80\xC2\x80");  // Overlong.
}

TEST(Utf8, EveryOctetComesOutValid) {
  std::string text;
  for (int octet = 0; octet < 256; ++octet) {
    text += static_cast<char>(octet);
    EXPECT_TRUE(is_utf8(to_utf8(std::string(1, static_cast<char>(octet))))) << octet;
  }
  EXPECT_TRUE(is_utf8(to_utf8(text)));
}

}  // namespace
}  // namespace restante
