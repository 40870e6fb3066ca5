#include "migrate/moving/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/moving/move.h"
#include "migrate/moving/test_support.h"

namespace restante::migrate {
namespace {

using testing::HasSubstr;

class Compare : public testing::Test {
 protected:
  Compare() {
    store_ = open_store(disk_);
    source_.add("u1", "A: 1\n\none\n");
    source_.add("u2", "A: 2\n\ntwo\n");
    MoveOptions options;
    options.account = kAlice;
    static_cast<void>(move_mail(source_, *store_, options));
  }

  Compared compare() {
    CompareOptions options;
    options.account = kAlice;
    return compare_mail(source_, *store_, options);
  }

  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> store_;
  MemorySource source_;
};

TEST_F(Compare, FindsTheSame) {
  const Compared compared = compare();
  EXPECT_FALSE(compared.failure);
  EXPECT_EQ(compared.same, 2U);
  EXPECT_TRUE(compared.differences.empty());
}

TEST_F(Compare, NamesEveryDifference) {
  source_.change(0, "A: 1\n\nOne\n");
  source_.change(1, "A: 2\n\ntwo and more\n");
  source_.add("u3", "A: 3\n\n");
  const Compared compared = compare();
  EXPECT_EQ(compared.same, 0U);
  ASSERT_EQ(compared.differences.size(), 3U);
  EXPECT_EQ(compared.differences[0].place, "message 3");
  EXPECT_THAT(compared.differences[0].why, HasSubstr("not here"));
  EXPECT_THAT(compared.differences[1].why, HasSubstr("other octets"));
  EXPECT_THAT(compared.differences[2].why, HasSubstr("octets here, and"));
}

TEST_F(Compare, SeesAnotherArrival) {
  source_.listing.items[1].arrived = day(9);
  const Compared compared = compare();
  EXPECT_EQ(compared.same, 1U);
  ASSERT_EQ(compared.differences.size(), 1U);
  EXPECT_THAT(compared.differences[0].why, HasSubstr("1970-01-10"));
}

TEST_F(Compare, MissesNothingThatWasDeletedHere) {
  {
    const auto session = store_->open(kAlice, maildrop::View::kDefault);
    ASSERT_TRUE((*session)->commit({{MessageNumber{2}}, {}}));
  }
  const Compared compared = compare();
  EXPECT_EQ(compared.deleted, 1U);
  EXPECT_TRUE(compared.differences.empty());
}

TEST_F(Compare, WaitsForNobodyWhoReads) {
  const auto session = store_->open(kAlice, maildrop::View::kDefault);
  EXPECT_EQ(compare().failure->code, Errc::kBusy);
}

}  // namespace
}  // namespace restante::migrate
