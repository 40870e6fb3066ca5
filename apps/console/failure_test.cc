#include "console/failure.h"

#include <gtest/gtest.h>

namespace restante::console {
namespace {

TEST(Failure, IsExplainedByItsDetail) {
  EXPECT_EQ(explain(Error(Errc::kIo, "/a: no such file")), "/a: no such file");
  EXPECT_EQ(explain(Error(Errc::kIo)), "io");
  EXPECT_EQ(explain(Error(Errc::kFull, "/a")), "/a; make room and try again");
}

TEST(Failure, OfANewerVersionIsNoDamage) {
  EXPECT_EQ(explain(Error(Errc::kCorrupt, "/a: no header")), "/a: no header (damaged)");
  for (const char* intact : {"/a: made by a newer version of this program",
                             "a record of unknown type at 64: written by a newer version"})
    EXPECT_EQ(explain(Error(Errc::kCorrupt, intact)), intact);
}

}  // namespace
}  // namespace restante::console
