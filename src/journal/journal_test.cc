#include "journal/journal.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/thread.h"
#include "files/test_support.h"
#include "journal/act_line.h"

namespace restante::journal {
namespace {

using namespace std::chrono_literals;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { open(); }
  void open(const Limits& limits = {}) {
    journal_.reset();
    auto opened = Journal::open(folder_ / "journal", limits, clock_);
    ASSERT_TRUE(opened) << opened.error().message();
    journal_ = std::move(*opened);
  }
  static Act act(std::string account, Kind kind = Kind::kDelivered) {
    Act out;
    out.kind = kind;
    out.account = std::move(account);
    return out;
  }
  std::vector<Act> written() {
    std::vector<Act> acts;
    const auto files = list_files(folder_ / "journal");
    for (const ActsFile& file : *files) {
      std::istringstream text(*files::read_file(file.path, 1U << 20));
      for (std::string line; std::getline(text, line);) acts.push_back(*parse_line(line));
    }
    return acts;
  }

  files::TempFolder folder_;
  ManualClock clock_{WallTime(1'795'000'000s)};
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, WhatIsNotedIsWrittenInItsOrderWithItsTime) {
  journal_->note(act("a"));
  clock_.advance(5ms);
  std::vector<Act> more{act("b"), act("c", Kind::kDeleted)};
  journal_->note_all(more);
  EXPECT_TRUE(more.empty());
  journal_->settle();
  const std::vector<Act> acts = written();
  ASSERT_EQ(acts.size(), 3U);
  EXPECT_EQ(acts[0].account, "a");
  EXPECT_EQ(acts[1].when, clock_.now());
  EXPECT_EQ(acts[2].kind, Kind::kDeleted);
}

TEST_F(JournalTest, TheEndWritesWhatWaits) {
  journal_->note(act("a"));
  journal_.reset();
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(JournalTest, PollsAreCounted) {
  for (int i = 0; i < 5; ++i) journal_->note_poll(act("a"));
  clock_.advance(1h);
  journal_->note_poll(act("a"));
  journal_->settle();
  const std::vector<Act> acts = written();
  ASSERT_EQ(acts.size(), 2U);
  EXPECT_EQ(acts[1].kind, Kind::kPolled);
  EXPECT_EQ(acts[1].count, 5U);
}

TEST_F(JournalTest, WhatTheDiskDoesNotTakeIsCountedAndSaidLater) {
  std::filesystem::rename(folder_ / "journal", folder_ / "away");
  for (const char* account : {"a", "b"}) journal_->note(act(account));
  journal_->settle();
  EXPECT_EQ(journal_->dropped(), 2U);
  std::filesystem::rename(folder_ / "away", folder_ / "journal");
  journal_->note(act("c"));
  journal_->settle();
  const std::vector<Act> acts = written();
  ASSERT_EQ(acts.size(), 2U);
  EXPECT_EQ(acts[0].kind, Kind::kDropped);
  EXPECT_EQ(acts[0].count, 2U);
  EXPECT_EQ(acts[1].account, "c");
}

TEST_F(JournalTest, TheLastOfTheDiskIsForMail) {
  Limits limits;
  limits.free_min = std::numeric_limits<std::uint64_t>::max();
  open(limits);
  journal_->note(act("a"));
  journal_->settle();
  EXPECT_EQ(journal_->dropped(), 1U);
  EXPECT_TRUE(written().empty());
}

TEST_F(JournalTest, ADiskThatStandsStillHoldsNobodyUp) {
  const auto lock = lock_folder(folder_ / "journal");
  for (std::size_t i = 0; i < kWaitingMax + 200'000; ++i) journal_->note(act("a"));
  EXPECT_GT(journal_->dropped(), 0U);
}

TEST_F(JournalTest, NamesOfNobodyAreTheSameHashAfterARestart) {
  const std::string hidden = journal_->hidden("hunter2");
  EXPECT_EQ(hidden.find("hunter2"), std::string::npos);
  EXPECT_NE(hidden, journal_->hidden("hunter3"));
  open();
  EXPECT_EQ(hidden, journal_->hidden("hunter2"));
}

TEST_F(JournalTest, AToolWritesBetween) {
  journal_->note(act("a"));
  journal_->settle();
  Act own = act("b", Kind::kAccount);
  own.when = clock_.now();
  EXPECT_TRUE(note_once(folder_ / "journal", {}, own));
  journal_->note(act("c"));
  journal_->settle();
  EXPECT_EQ(written()[1], own);
  EXPECT_EQ(written().size(), 3U);
  EXPECT_EQ(note_once(folder_ / "elsewhere", {}, own).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::journal
