#include "accounts/names/spelling_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace restante::accounts {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class SpellingIndexTest : public testing::Test {
 protected:
  void add(const std::string& name) {
    names.insert(name);
    index.add(name);
  }
  std::string find(std::string_view name) { return index.find(name, has); }

  std::set<std::string> names;
  SpellingIndex index{true};
  std::function<bool(const std::string&)> has = [this](const std::string& name) {
    return names.contains(name);
  };
};

TEST_F(SpellingIndexTest, FindsByAnySpelling) {
  add("info@b\u00fccher.test");
  add("post@xn--mller-kva.test");
  add("Kept@x.test");
  EXPECT_EQ(find("info@xn--bcher-kva.test"), "info@b\u00fccher.test");
  EXPECT_EQ(find("info@B\u00dcCHER.test"), "info@b\u00fccher.test");
  EXPECT_EQ(find("post@m\u00fcller.test"), "post@xn--mller-kva.test");
  EXPECT_EQ(find("kept@x.test"), "Kept@x.test");
  EXPECT_EQ(find("nobody@x.test"), "");
  EXPECT_THAT(index.clashes(has), IsEmpty());
}

TEST_F(SpellingIndexTest, TellsWhatIsOneName) {
  add("info@b\u00fccher.test");
  add("info@xn--bcher-kva.test");
  add("m\u00dc@x.test");
  add("mu\u0308@x.test");
  EXPECT_THAT(index.clashes(has), SizeIs(2));
  EXPECT_EQ(find("m\u00fc@x.test"), "");
  EXPECT_EQ(find("info@B\u00dcCHER.test"), "info@b\u00fccher.test");
}

}  // namespace
}  // namespace restante::accounts
