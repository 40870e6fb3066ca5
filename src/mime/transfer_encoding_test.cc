#include "mime/transfer_encoding.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

TEST(TransferEncoding, NamesAreKnownHoweverTheyAreWritten) {
  for (const char* const name : {"base64", "BASE64", " base64 ", "base64;", "\"base64\"", "base-64",
                                 "base64 (mime)", "x-base64"})
    EXPECT_EQ(encoding_of(name), Encoding::kBase64) << name;
  for (const char* const name : {"quoted-printable", "Quoted-Printable;", "quoted printable", "QP"})
    EXPECT_EQ(encoding_of(name), Encoding::kQuotedPrintable) << name;
  for (const char* const name : {"x-uuencode", "uuencode", "x-uue", "UUE"})
    EXPECT_EQ(encoding_of(name), Encoding::kUuencode) << name;
  for (const char* const name : {"", "7bit", "8bit", "binary", "none", "x-yenc", "utf-8"})
    EXPECT_EQ(encoding_of(name), Encoding::kIdentity) << name;
}

TEST(TransferEncoding, NoMoreThanWantedIsDecoded) {
  EXPECT_EQ(decode("words", Encoding::kIdentity, Footer::kLeftOut, 2), "wo");
  EXPECT_EQ(decode("SGVsbG8=", Encoding::kBase64, Footer::kLeftOut, 2), "He");
}

}  // namespace
}  // namespace restante::mime
