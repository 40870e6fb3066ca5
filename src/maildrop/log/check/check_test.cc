#include "maildrop/log/check/check.h"

#include <gmock/gmock.h>

#include "disk/memory.h"
#include "maildrop/log/check/check_places.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Check : public ::testing::Test {
 protected:
  Check() : store_(disk_) {
    for (int i = 1; i <= 3; ++i) EXPECT_TRUE(store_.deliver(text(i)));
  }

  static std::string text(int i) {
    return "Subject: " + std::to_string(i) + "\r\n\r\n" + std::string(100, 'x') + "\r\n";
  }
  void erase(std::uint32_t number) {
    auto session = store_.open();
    ASSERT_TRUE(session);
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{number}})));
  }
  CheckReport check(const Pace& pace = {}) {
    auto report = check_maildrop(disk_, "/data", kAccount, pace);
    EXPECT_TRUE(report) << report.error().message();
    return report ? std::move(*report) : CheckReport();
  }
  std::string content() { return *disk_.content(paths_.log); }
  void flip(std::size_t at) {
    std::string bytes = content();
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    disk_.set_content(paths_.log, bytes);
  }
  /// Where the record of message `i` starts.
  std::size_t record_of(int i) { return content().find(text(i)) - kRecordHeaderBytes; }

  disk::MemoryDisk disk_;
  TestStore store_;
  const LogPaths paths_ = log_paths("/data", kAccount);
};

TEST_F(Check, CountsWhatIsThere) {
  erase(2);
  const CheckReport report = check();
  EXPECT_EQ(report.account, kAccount);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.bytes, content().size());
  EXPECT_EQ(report.messages.count, 3U);
  EXPECT_EQ(report.others.count, 1U);
  EXPECT_EQ(report.live.count, 2U);
  EXPECT_EQ(report.deleted.count, 1U);
  EXPECT_EQ(report.live_octets, text(1).size() + text(3).size());
  EXPECT_EQ(report.deleted.bytes, kRecordHeaderBytes + text(2).size());
  EXPECT_EQ(report.dead_bytes(), report.deleted.bytes + report.others.bytes);
  EXPECT_EQ(report.last_arrived, WallTime(std::chrono::milliseconds(1'700'000'000'000)));
}

TEST_F(Check, WhatCameBackIsLive) {
  erase(2);
  ASSERT_TRUE(store_->undelete(kAccount, View::kDefault, {}));
  const CheckReport report = check();
  EXPECT_EQ(report.live.count, 3U);
  EXPECT_EQ(report.deleted.count, 0U);
  EXPECT_EQ(report.others.count, 2U);
}

TEST_F(Check, NothingThere) {
  const auto report = check_maildrop(disk_, "/data", "nobody@example.test", {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kNotFound);
}

TEST_F(Check, DamagedBodyIsNamed) {
  auto session = store_.open();
  const std::string uid = TestStore::uid(**session, 2);
  flip(record_of(2) + kRecordHeaderBytes + 30);
  const CheckReport report = check();
  ASSERT_THAT(report.findings, SizeIs(1));
  const Finding& finding = report.findings[0];
  EXPECT_EQ(finding.offset, record_of(3) - align(kRecordHeaderBytes + text(2).size()));
  EXPECT_EQ(finding.bytes, kRecordHeaderBytes + text(2).size());
  EXPECT_FALSE(finding.in_tail);
  ASSERT_TRUE(finding.message);
  EXPECT_EQ(finding.message->sequence, Sequence{2});
  EXPECT_EQ(finding.message->octets, text(2).size());
  EXPECT_EQ(finding.message->uid, uid);
  EXPECT_EQ(report.messages.count, 3U);
}

TEST_F(Check, LostHeaderIsARegion) {
  const std::size_t at = record_of(2);
  flip(at + 20);
  const CheckReport report = check();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].offset, at);
  EXPECT_EQ(report.findings[0].bytes, record_of(3) - at);
  EXPECT_FALSE(report.findings[0].message);
  EXPECT_EQ(report.live.count, 2U);
}

TEST_F(Check, EveryFlippedBitOfARecordOrHeaderIsFound) {
  const std::string good = content();
  for (std::size_t at = 0; at < good.size(); ++at) {
    // Padding is not looked at: nothing depends on it.
    const bool is_padding =
        at >= records_start(kAccount) && good[at] == '\0' &&
        (at + 1 == good.size() || good.compare((at + 7) / 8 * 8, 4, "\xF5RST") == 0) &&
        at >= record_of(1) + kRecordHeaderBytes + text(1).size();
    if (is_padding) continue;
    flip(at);
    EXPECT_THAT(check().findings, SizeIs(1)) << "at " << at;
    disk_.set_content(paths_.log, good);
  }
  EXPECT_THAT(check().findings, IsEmpty());
}

TEST_F(Check, EveryCutIsATailOrNothing) {
  const std::string good = content();
  const std::size_t second = record_of(2);
  const std::size_t first_end = record_of(1) + kRecordHeaderBytes + text(1).size();
  for (std::size_t size = first_end; size < good.size(); ++size) {
    disk_.set_content(paths_.log, good.substr(0, size));
    const CheckReport report = check();
    for (const Finding& finding : report.findings) EXPECT_TRUE(finding.in_tail) << size;
    const bool at_a_record =
        size == first_end || size == second + kRecordHeaderBytes + text(2).size();
    EXPECT_EQ(report.findings.empty(), at_a_record) << size;
  }
}

TEST_F(Check, DamagedLastMessageIsNamedToo) {
  flip(content().size() - 1);
  const CheckReport report = check();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_TRUE(report.findings[0].in_tail);
  ASSERT_TRUE(report.findings[0].message);
  EXPECT_EQ(report.findings[0].message->sequence, Sequence{3});
  EXPECT_EQ(report.live.count, 2U) << "the next opening sets it aside";
}

TEST_F(Check, HeadersThatAreGone) {
  std::string bytes = content();
  bytes.replace(0, records_start(kAccount), records_start(kAccount), 'x');
  disk_.set_content(paths_.log, bytes);
  const CheckReport report = check();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].bytes, bytes.size());
  EXPECT_THAT(report.account, IsEmpty());
}

TEST_F(Check, AnotherAccountsLog) {
  disk_.set_content(log_paths("/data", "bob@example.test").log, content());
  const auto report = check_maildrop(disk_, "/data", "bob@example.test", {});
  ASSERT_TRUE(report);
  ASSERT_THAT(report->findings, SizeIs(1));
  EXPECT_THAT(report->findings[0].what, HasSubstr(kAccount));
}

TEST_F(Check, IndexStates) {
  EXPECT_EQ(check().index.state, IndexState::kAbsent);
  ASSERT_TRUE(store_->close());
  CheckReport report = check();
  EXPECT_EQ(report.index.state, IndexState::kUsable);
  EXPECT_EQ(report.index.covered, content().size());
  const std::string index = *disk_.content(paths_.index);
  disk_.set_content(paths_.index, index.substr(0, index.size() - 1));
  report = check();
  EXPECT_EQ(report.index.state, IndexState::kUseless);
  EXPECT_THAT(report.findings, IsEmpty()) << "no mail is concerned";
}

TEST_F(Check, WhatWasSetAsideIsListed) {
  const std::string good = content();
  disk_.set_content(paths_.log, good + "torn by a crash");
  store_.reopen();
  ASSERT_TRUE(store_.open());
  CheckReport report = check();
  EXPECT_THAT(report.findings, IsEmpty());
  ASSERT_THAT(report.aside.entries, SizeIs(1));
  EXPECT_EQ(report.aside.entries[0].offset, good.size());
  EXPECT_EQ(report.aside.entries[0].bytes, 15U);
  EXPECT_TRUE(report.aside.entries[0].intact);
  EXPECT_EQ(report.aside.unread_bytes, 0U);
  std::string aside = *disk_.content(paths_.aside);
  aside.back() = '!';
  disk_.set_content(paths_.aside, aside + "half an entry");
  report = check();
  EXPECT_FALSE(report.aside.entries[0].intact);
  EXPECT_EQ(report.aside.unread_bytes, 13U);
}

TEST_F(Check, PaceSeesEveryByteAndMayStop) {
  std::uint64_t seen = 0;
  check([&](std::uint64_t bytes) {
    seen += bytes;
    return true;
  });
  EXPECT_GE(seen, content().size() - records_start(kAccount));
  const auto stopped =
      check_maildrop(disk_, "/data", kAccount, [](std::uint64_t) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::kClosed);
}

TEST_F(Check, HoldsNoLockWhileItReads) {
  const auto other = *disk_.open(paths_.log, disk::OpenMode::kReadWrite);
  bool free = true;
  check([&](std::uint64_t) {
    free = free && other->try_lock(kAppendLockAt, 1).has_value();
    other->unlock(kAppendLockAt, 1);
    return true;
  });
  EXPECT_TRUE(free);
}

TEST_F(Check, DeliveriesGoOnMeanwhile) {
  bool delivered = false;
  const CheckReport report = check([&](std::uint64_t) {
    if (!delivered) {
      delivered = true;
      EXPECT_TRUE(store_.deliver(text(4)));
    }
    return true;
  });
  EXPECT_TRUE(delivered);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.live.count, 3U) << "as when it began";
}

TEST_F(Check, StartsAnewWhenTheLogIsReplaced) {
  bool replaced = false;
  const std::string bytes = content().substr(0, record_of(3));
  const CheckReport report = check([&](std::uint64_t) {
    if (!replaced) {
      replaced = true;
      disk_.set_content("/data/new", bytes);
      EXPECT_TRUE(disk_.rename("/data/new", paths_.log));
    }
    return true;
  });
  EXPECT_EQ(report.live.count, 2U);
}

TEST_F(Check, GivesUpOnALogThatNeverRests) {
  const std::string bytes = content();
  const auto report = check_maildrop(disk_, "/data", kAccount, [&](std::uint64_t) {
    disk_.set_content("/data/new", bytes);
    return disk_.rename("/data/new", paths_.log).has_value();
  });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kBusy);
}

TEST_F(Check, ATailThatWasCutMeanwhileIsNoDamage) {
  disk_.set_content(paths_.log, content() + "torn by a crash");
  store_.reopen();
  bool delivered = false;
  const CheckReport report = check([&](std::uint64_t) {
    if (!delivered) {
      delivered = true;
      EXPECT_TRUE(store_.deliver(text(4)));
    }
    return true;
  });
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.live.count, 4U);
}

TEST_F(Check, EveryNthFaultIsAnError) {
  std::uint64_t nth = 0;
  for (;; ++nth) {
    ASSERT_LT(nth, 1000U);
    disk_.fail_at(nth, disk::Fault::kEio);
    const auto report = check_maildrop(disk_, "/data", kAccount, {});
    const bool reached = disk_.fault_reached();
    disk_.fail_nothing();
    if (!reached) break;
    EXPECT_FALSE(report && !report->findings.empty()) << "a failing disk is no damage: " << nth;
  }
  EXPECT_GT(nth, 5U);
}

TEST_F(Check, HeadersOnlyReadsNoBody) {
  flip(record_of(2) + kRecordHeaderBytes + 30);
  const auto report = check_log(disk_, paths_, CheckDepth::kHeaders, {});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->findings, IsEmpty());
  EXPECT_EQ(report->live.count, 3U);
}

TEST_F(Check, ListsLogs) {
  ASSERT_TRUE(store_.deliver(text(1), "bob@example.test"));
  disk_.set_content("/data/maildrops/nonsense", "x");
  const auto logs = list_logs(disk_, "/data");
  ASSERT_TRUE(logs);
  ASSERT_THAT(*logs, SizeIs(2));
  for (const std::string& log : *logs) EXPECT_TRUE(disk_.content("/data/" + log));
  EXPECT_EQ(paths_beside(paths_.log).index, paths_.index);
  EXPECT_EQ(paths_beside(paths_.log).aside, paths_.aside);
  EXPECT_THAT(*list_logs(disk_, "/nowhere"), IsEmpty());
}

}  // namespace
}  // namespace restante::maildrop::log
