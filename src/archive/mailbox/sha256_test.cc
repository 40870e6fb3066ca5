#include "archive/mailbox/sha256.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesAreAsTheWhole) {
  Sha256 sum;
  for (const char c : std::string_view("abc")) sum.update(std::string_view(&c, 1));
  EXPECT_EQ(sum.finish(), sha256_of("abc"));
}

TEST(Sha256, TextForm) {
  EXPECT_TRUE(is_sha256(sha256_of("x")));
  EXPECT_FALSE(is_sha256(sha256_of("x").substr(1)));
  EXPECT_FALSE(is_sha256(std::string(64, 'A')));
  EXPECT_FALSE(is_sha256(std::string(64, 'g')));
}

}  // namespace
}  // namespace restante::archive
