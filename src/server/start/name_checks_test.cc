#include "server/start/name_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Clashing : public accounts::MemoryDirectory {
 public:
  Result<std::vector<accounts::SpellingClash>> spelling_clashes() override { return clashes; }
  std::vector<accounts::SpellingClash> clashes;
};

TEST(NameChecks, RemembersTheFoldingOfTheFirstStart) {
  const accounts::TempDir dir;
  EXPECT_EQ(remembered_folding(dir.path(), true), true);
  EXPECT_EQ(remembered_folding(dir.path(), false), true);
  EXPECT_EQ(remembered_folding(dir.path(), true), true);
  EXPECT_EQ(remembered_folding(dir / "none", true).error().code, Errc::kIo);
  dir.write("name-rules", "fold_local_part = perhaps\n");
  EXPECT_EQ(remembered_folding(dir.path(), true).error().code, Errc::kCorrupt);
}

TEST(NameChecks, AChangedFoldingIsToldAtEachStartUntilItIsConfirmed) {
  const accounts::TempDir dir;
  accounts::MemoryDirectory directory;
  EXPECT_THAT(name_warnings(directory, dir.path(), true), IsEmpty());
  for (int start = 0; start < 2; ++start)
    EXPECT_THAT(name_warnings(directory, dir.path(), false),
                ElementsAre(AllOf(HasSubstr("fold_local_part is false and was true"),
                                  HasSubstr((dir / "name-rules").string()))));
  EXPECT_THAT(name_warnings(directory, dir.path(), true), IsEmpty());
  std::filesystem::remove(dir / "name-rules");
  EXPECT_THAT(name_warnings(directory, dir.path(), false), IsEmpty());
  EXPECT_THAT(name_warnings(directory, dir.path(), true),
              ElementsAre(HasSubstr("fold_local_part is true and was false")));
}

TEST(NameChecks, EachClashNamesBothAndManyAreCut) {
  const accounts::TempDir dir;
  Clashing directory;
  directory.clashes.emplace_back("a@x.test", "A@x.test");
  EXPECT_THAT(name_warnings(directory, dir.path(), true),
              ElementsAre(AllOf(HasSubstr("name=a@x.test"), HasSubstr("other=A@x.test"))));
  directory.clashes.resize(90, {"b@x.test", "B@x.test"});
  EXPECT_EQ(name_warnings(directory, dir.path(), true).size(), 21U);
}

}  // namespace
}  // namespace restante::server
