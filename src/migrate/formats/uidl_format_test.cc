#include "migrate/formats/uidl_format.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

UidlValues values() {
  return {2, 1796021746, "1600000003.M1P1.test", "guid", "0123456789abcdef0123456789abcdef"};
}

/// The right column is what Dovecot 2.3.19 said.
TEST(UidlFormat, ExpandsAsDovecotDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"%08Xu%08Xv", "000000026b0d1df2"},
      {"%u", "2"},
      {"%v.%u", "1796021746.2"},
      {"UID%u-%v", "UID2-1796021746"},
      {"%f", "1600000003.M1P1.test"},
      {"%g", "guid"},
      {"%m", "0123456789abcdef0123456789abcdef"},
      {"%Mf", "153d72a9e89835023ccb588ce094b7e6"},
      {"%Lf", "1600000003.m1p1.test"},
      {"%Uf", "1600000003.M1P1.TEST"},
      {"%Rf", "tset.1P1M.3000000061"},
      {"%10u", "2"},
      {"%-10u", "2"},
      {"%010u", "0000000002"},
      {"%Xu", "2"},
      {"%-08Xu%v", "000000021796021746"},
      {"%5.3u", ""},
      {"%3.4f", "0000"},
      {"a%%%u", "a%2"},
  };
  for (const auto& [text, expanded] : cases) {
    const auto format = UidlFormat::parse(text);
    ASSERT_TRUE(format) << text;
    EXPECT_EQ(format->expand(values()), expanded) << text;
  }
}

TEST(UidlFormat, ReadsThoseOfDovecot24) {
  const std::pair<const char*, const char*> cases[] = {
      {"%{uid | hex(8)}%{uidvalidity | hex(8)}", "000000026b0d1df2"},
      {"%{uidvalidity}.%{uid}", "1796021746.2"},
      {"%{guid}", "guid"},
      {"%{filename|lower}", "1600000003.m1p1.test"},
      {"%{filename | md5 | hexlify}", "153d72a9e89835023ccb588ce094b7e6"},
  };
  for (const auto& [text, expanded] : cases) {
    const auto format = UidlFormat::parse(text);
    ASSERT_TRUE(format) << text;
    EXPECT_EQ(format->expand(values()), expanded) << text;
  }
}

TEST(UidlFormat, SaysWhatItDoesNotKnow) {
  for (const char* const text : {"", "abc", "%", "%08X", "%z", "%Hf", "%{", "%{uid", "%{user}",
                                 "%{uid | hash}", "%{uid | hex(x)}", "%{uid | hex(99999999999)}"}) {
    const auto format = UidlFormat::parse(text);
    ASSERT_FALSE(format) << text;
    EXPECT_EQ(format.error().code, Errc::kSyntax);
    EXPECT_NE(format.error().detail.find("pop3_uidl_format"), std::string::npos);
  }
  EXPECT_FALSE(UidlFormat::parse(std::string(513, 'u')));
}

TEST(UidlFormat, BoundsWhatItMakes) {
  const auto format = UidlFormat::parse("%0999999999999999999u");
  ASSERT_TRUE(format);
  EXPECT_EQ(format->expand(values()).size(), 200U);
}

TEST(UidlFormat, KnowsWhatItNeeds) {
  EXPECT_TRUE(UidlFormat::parse("%08Xu%08Xv")->needs_uid());
  EXPECT_FALSE(UidlFormat::parse("%f")->needs_uid());
  EXPECT_TRUE(UidlFormat::parse("%{md5}")->names('m'));
}

}  // namespace
}  // namespace restante::migrate
