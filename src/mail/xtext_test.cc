#include "mail/xtext.h"

#include <gtest/gtest.h>

namespace restante::mail {
namespace {

TEST(XtextTest, HoldsEveryOctet) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string coded = encode_xtext(all);
  for (const char c : coded) EXPECT_TRUE(c > ' ' && c <= '~' && c != '=') << coded;
  EXPECT_EQ(decode_xtext(coded), all);
}

TEST(XtextTest, LeavesWhatCanStayAsItIs) {
  EXPECT_EQ(encode_xtext("a-Z_9.~"), "a-Z_9.~");
  EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
  EXPECT_EQ(encode_xtext("\xff"), "+FF");
  EXPECT_EQ(decode_xtext(""), "");
}

TEST(XtextTest, RefusesWhatIsNone) {
  for (const std::string_view text : {"a b", "a=b", "+", "+2", "+2b", "+G0", "a\x7f", "\xc3\xa4"})
    EXPECT_FALSE(decode_xtext(text)) << text;
}

}  // namespace
}  // namespace restante::mail
