#include "migrate/formats/digests.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

TEST(Digests, AreThoseThatOthersMake) {
  EXPECT_EQ(md5_of("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(md5_of(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace restante::migrate
