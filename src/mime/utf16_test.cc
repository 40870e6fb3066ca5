#include "mime/utf16.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

using namespace std::string_view_literals;

TEST(Utf16, BothOrdersAreRead) {
  EXPECT_TRUE(
      is_utf16("\xFF\xFE"
               "a\0"sv));
  EXPECT_FALSE(is_utf16("From: a"));
  EXPECT_EQ(from_utf16("\xFF\xFE"
                       "a\0\xFC\0"sv),
            "aü");
  EXPECT_EQ(from_utf16("\xFE\xFF\0a\0\xFC"sv), "aü");
  EXPECT_EQ(from_utf16("\xFE\xFF\xD8\x3D\xDE\x00"sv), "\xF0\x9F\x98\x80");
}

TEST(Utf16, HalvesAreMarked) {
  EXPECT_EQ(from_utf16("\xFE\xFF\xD8\x3D\0a\xDE\0"sv),
            "\xEF\xBF\xBD"
            "a\xEF\xBF\xBD");
  EXPECT_EQ(from_utf16("\xFE\xFF\0a\0"sv), "a");
  EXPECT_EQ(from_utf16("\xFE\xFF\xD8\x3D"sv), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace restante::mime
