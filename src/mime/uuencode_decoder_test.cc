#include "mime/uuencode_decoder.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

TEST(UuencodeDecoder, TheLinesBetweenBeginAndEndAreTheFile) {
  const std::string file =
      "words\r\nbegin 644 hello.txt\r\n-:&5L;&\\@=V]R;&0A\"@  \r\n`\r\nend\r\n";
  const std::string whole = decode(file, Encoding::kUuencode, Footer::kLeftOut);
  EXPECT_EQ(whole, "hello world!\n");
  UuencodeDecoder decoder;
  std::string out;
  for (const char c : file) decoder.feed(std::string_view(&c, 1), out);
  decoder.finish(out);
  EXPECT_EQ(out, whole);
}

TEST(UuencodeDecoder, BlanksThatWereCutOffAreZeros) {
  EXPECT_EQ(decode("begin 644 x\n#86\n`\nend\n", Encoding::kUuencode, Footer::kLeftOut),
            std::string("a`\0", 3));
}

TEST(UuencodeDecoder, NamesStandBehindTheMode) {
  EXPECT_EQ(uuencode_name("begin 644 a b.txt"), "a b.txt");
  EXPECT_EQ(uuencode_name("begin 0755 x\r"), "x");
  EXPECT_EQ(uuencode_name("begin the beguine"), "");
  EXPECT_EQ(uuencode_name("begin 644"), "");
  EXPECT_EQ(uuencode_name("begins 644 x"), "");
}

}  // namespace
}  // namespace restante::mime
