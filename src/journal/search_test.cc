#include "journal/search.h"

#include <gtest/gtest.h>

#include "files/test_support.h"
#include "journal/act_line.h"

namespace restante::journal {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + 12h;

class SearchTest : public ::testing::Test {
 protected:
  void add(Kind kind, std::string account, std::string uid, std::chrono::seconds after = 0s) {
    Act act;
    act.kind = kind;
    act.when = kNoon + after;
    act.account = std::move(account);
    act.uid = std::move(uid);
    act.message_id = "<" + act.uid + "@example.org>";
    ASSERT_TRUE(note_into(act));
  }
  Status note_into(const Act& act) {
    std::string line;
    append_line(act, line);
    RESTANTE_TRY(const files::Path file, file_to_grow(folder_.path(), act.when, {}));
    return append(file, line);
  }
  std::vector<std::string> found(Filter filter) {
    Search search(folder_.path(), std::move(filter));
    return more(search);
  }
  std::vector<std::string> more(Search& search) {
    std::vector<std::string> uids;
    const auto searched = search.run([&](const Act& act) {
      uids.push_back(act.uid);
      return true;
    });
    EXPECT_TRUE(searched);
    EXPECT_EQ(searched->found, uids.size());
    return uids;
  }
  using Uids = std::vector<std::string>;

  files::TempFolder folder_;
};

TEST_F(SearchTest, ByEachOfItsFields) {
  add(Kind::kDelivered, "alice", "1");
  add(Kind::kDelivered, "bob", "2");
  add(Kind::kDeleted, "alice", "3");
  add(Kind::kDeleted, "alice2", "4");
  EXPECT_EQ(found({}), (Uids{"1", "2", "3", "4"}));
  EXPECT_EQ(found({.account = "alice"}), (Uids{"1", "3"}));
  EXPECT_EQ(found({.uid = "2"}), Uids{"2"});
  EXPECT_EQ(found({.message_id = "<3@example.org>"}), Uids{"3"});
  EXPECT_EQ(found({.message_id = "3@example.org"}), Uids{"3"});
  EXPECT_EQ(found({.kinds = {Kind::kDeleted}}), (Uids{"3", "4"}));
  EXPECT_EQ(found({.kinds = {Kind::kDeleted, Kind::kDelivered}}).size(), 4U);
  EXPECT_EQ(found({.account = "alice", .kinds = {Kind::kDelivered}}), Uids{"1"});
  EXPECT_EQ(found({.account = "nobody"}), Uids{});
}

TEST_F(SearchTest, TheAccountIsFoundWhereItIsARecipient) {
  Act act;
  act.kind = Kind::kNotDelivered;
  act.when = kNoon;
  act.recipient = "alice";
  act.uid = "r";
  ASSERT_TRUE(note_into(act));
  EXPECT_EQ(found({.account = "alice"}), Uids{"r"});
}

TEST_F(SearchTest, ByTimeOverSeveralDays) {
  for (int day = 0; day < 4; ++day)
    add(Kind::kDelivered, "alice", std::to_string(day), std::chrono::hours(24 * day));
  EXPECT_EQ(list_files(folder_.path())->size(), 4U);
  EXPECT_EQ(found({.since = kNoon + 24h}), (Uids{"1", "2", "3"}));
  EXPECT_EQ(found({.until = kNoon + 24h}), Uids{"0"});
  EXPECT_EQ(found({.since = kNoon + 1h, .until = kNoon + 71h}), (Uids{"1", "2"}));
}

TEST_F(SearchTest, WhatCameSinceIsFoundTheNextTime) {
  add(Kind::kDelivered, "alice", "1");
  Search search(folder_.path(), {.account = "alice"});
  EXPECT_EQ(more(search), Uids{"1"});
  EXPECT_EQ(more(search), Uids{});
  add(Kind::kDelivered, "alice", "2");
  add(Kind::kDelivered, "bob", "x");
  add(Kind::kDelivered, "alice", "3", 24h);
  EXPECT_EQ(more(search), (Uids{"2", "3"}));
}

TEST_F(SearchTest, HalfALineIsLeftForTheNextTime) {
  add(Kind::kDelivered, "alice", "1");
  const files::Path file = list_files(folder_.path())->front().path;
  const std::string line = folder_.read(file.filename().string());
  ASSERT_TRUE(append(file, line.substr(0, 20)));
  Search search(folder_.path(), {});
  EXPECT_EQ(more(search), Uids{"1"});
  ASSERT_TRUE(append(file, line.substr(20)));
  EXPECT_EQ(more(search), Uids{"1"});
}

TEST_F(SearchTest, ALineThatNobodyCanReadIsCounted) {
  add(Kind::kDelivered, "alice", "1");
  ASSERT_TRUE(append(list_files(folder_.path())->front().path, "half of it\n"));
  add(Kind::kDelivered, "alice", "2");
  Search search(folder_.path(), {});
  const auto searched = search.run([](const Act&) { return true; });
  EXPECT_EQ(searched->found, 2U);
  EXPECT_EQ(searched->broken, 1U);
}

TEST_F(SearchTest, TheVisitorMayHaveEnough) {
  for (int i = 0; i < 5; ++i) add(Kind::kDelivered, "alice", std::to_string(i));
  Search search(folder_.path(), {});
  int visits = 0;
  EXPECT_TRUE(search.run([&](const Act&) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
}

TEST_F(SearchTest, WhatWasWrittenAMomentLateStandsInItsPlace) {
  add(Kind::kDelivered, "alice", "2", 2s);
  add(Kind::kDelivered, "alice", "1", 1s);
  add(Kind::kDelivered, "alice", "20", 20s);
  add(Kind::kDelivered, "alice", "4", 4s);
  EXPECT_EQ(found({}), (Uids{"1", "2", "4", "20"}));
}

TEST_F(SearchTest, WithoutAJournalThereIsAnError) {
  Search search(folder_ / "nowhere", {});
  EXPECT_EQ(search.run({}).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::journal
