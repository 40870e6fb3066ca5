#include "mime/media_type.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

MediaType type(std::string_view value) {
  HeaderBlock header;
  header.fields.push_back({"Content-Type", value});
  return media_type_of(header, "text/plain");
}

TEST(MediaType, IsWhatIsMeant) {
  EXPECT_EQ(type("Text/HTML; charset=utf-8").type, "text/html");
  EXPECT_EQ(type("text").type, "text/plain");
  EXPECT_EQ(type("plain/text").type, "text/plain");
  EXPECT_EQ(type("html").type, "text/html");
  EXPECT_EQ(type("text/").type, "text/plain");
  EXPECT_EQ(type("application/x-foo+bar.1").type, "application/x-foo+bar.1");
  EXPECT_EQ(type("x-world/x-3dmf").type, "x-world/x-3dmf");
  EXPECT_EQ(type("multipart").type, "multipart/mixed");
  EXPECT_TRUE(type("text/html").is_known);
}

TEST(MediaType, TextAsAnApplication) {
  HeaderBlock header;
  header.fields.push_back({"Content-Type", "application/text"});
  EXPECT_EQ(media_type_of(header, "text/plain").type, "text/plain");
}

TEST(MediaType, NonsenseIsTextUnlessItsContentIsNot) {
  for (const char* const value : {"=?utf-8?q?text?=", "garbage", "foo/bar", "/", "application/"}) {
    EXPECT_EQ(type(value).type, "text/plain") << value;
    EXPECT_FALSE(type(value).is_known) << value;
  }
  EXPECT_TRUE(
      looks_like_text("gr\xFC\xDF"
                      "e\r\n"));
  EXPECT_TRUE(looks_like_text(""));
  EXPECT_FALSE(looks_like_text(std::string_view("a\0b", 3)));
  EXPECT_FALSE(looks_like_text("\x01\x02\x03\x04"));
}

TEST(MediaType, WithoutTheFieldItIsTheStandard) {
  EXPECT_EQ(media_type_of({}, "message/rfc822").type, "message/rfc822");
  EXPECT_TRUE(media_type_of({}, "message/rfc822").is_message());
  EXPECT_EQ(type("").type, "text/plain");
}

TEST(MediaType, ABoundaryIsOfAMultipart) {
  EXPECT_EQ(type("mutlipart/mixed; boundary=b").type, "multipart/mixed");
  EXPECT_EQ(type("text/plain; boundary=b").type, "text/plain");
  HeaderBlock header;
  header.fields = {{"Content-Type", "text/plain"},
                   {"Content-Type", "multipart/alternative; boundary=b"}};
  EXPECT_EQ(media_type_of(header, "text/plain").type, "multipart/alternative");
  EXPECT_EQ(media_type_of(header, "text/plain").parameters.find("boundary"), "b");
}

}  // namespace
}  // namespace restante::mime
