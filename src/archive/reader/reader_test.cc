#include "archive/reader/reader.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "archive/database/catalog.h"
#include "archive/index/indexer.h"
#include "archive/reader/reader_test_support.h"
#include "base/clock.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

using namespace std::chrono_literals;

TEST_F(ReaderTest, ReadsInAProcessOfItsOwn) {
  expect_well();
  expect_well();
}

TEST_F(ReaderTest, AMessageThatItsReaderDiesOfCostsItself) {
  for (const char* const order : {"crash", "grow"}) {
    const auto reading = read(order, kThorough);
    ASSERT_FALSE(reading) << order;
    EXPECT_EQ(reading.error().code, Errc::kLimit);
    EXPECT_NE(reading.error().detail.find("/m: its reading crashed"), std::string::npos)
        << reading.error().detail;
    expect_well();
  }
}

TEST_F(ReaderTest, OneThatComputesForEverIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  const auto reading = read("hang", kHasty);
  ASSERT_FALSE(reading);
  EXPECT_NE(reading.error().detail.find("takes too long"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 50s);
  expect_well();
}

TEST_F(ReaderTest, OneThatStandsStillIsNotWaitedFor) {
  const auto reading = read("stop", kShort);
  ASSERT_FALSE(reading);
  EXPECT_NE(reading.error().detail.find("stood still"), std::string::npos);
  expect_well();
}

TEST_F(ReaderTest, NothingIsBelieved) {
  for (const char* const order : {"lie", "8bit"}) {
    const auto reading = read(order);
    ASSERT_FALSE(reading) << order;
    EXPECT_NE(reading.error().detail.find("astray"), std::string::npos);
    expect_well();
  }
}

TEST_F(ReaderTest, APartComesInPieces) {
  std::string octets;
  const auto take = [&](std::string_view piece) {
    octets += piece;
    return ok();
  };
  EXPECT_TRUE(Reader().send_part(put("pieces"), 1, take));
  EXPECT_EQ(octets, "one two");
  // Octets that were given out are not given out again.
  octets.clear();
  const Status broken = Reader().send_part(put("break"), 1, take);
  EXPECT_TRUE(!broken && broken.error().code == Errc::kLimit);
  EXPECT_EQ(octets, "one ");
  // The sink's own failure is what is told, and the reader is not used again.
  const auto full = Reader().send_part(
      put("pieces"), 1, [](std::string_view) { return Status(Error(Errc::kFull, "disk")); });
  EXPECT_TRUE(!full && full.error().code == Errc::kFull);
  expect_well();
  const auto none = Reader().send_part(put("Subject: x\n\nx\n"), 99, take);
  EXPECT_TRUE(!none && none.error().code == Errc::kNotFound);
}

TEST_F(ReaderTest, APartWithoutAnEndNeitherFillsTheDiskNorHoldsUpItsSaving) {
  for (const char* const order : {"empty", "flood", "drip"}) {
    std::uint64_t bytes = 0;
    const auto start = std::chrono::steady_clock::now();
    const Status sent = Reader(kShort).send_part(put(order), 1, [&bytes](std::string_view piece) {
      EXPECT_FALSE(piece.empty());
      bytes += piece.size();
      return ok();
    });
    ASSERT_FALSE(sent) << order;
    EXPECT_NE(sent.error().detail.find(order[0] == 'd' ? "stood still" : "astray"),
              std::string::npos)
        << sent.error().detail;
    EXPECT_LT(bytes, 4000U) << order;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s) << order;
    expect_well();
  }
}

TEST_F(ReaderTest, AnUnaskedAnswerIsTakenForNoMessage) {
  expect_well();
  const auto reading = read("ahead");
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->text, "forged");
  expect_well();
}

TEST_F(ReaderTest, NoReaderReadsMoreThanAHundredMessages) {
  unsigned most = 0;
  for (int i = 0; i < 250; ++i) {
    const auto reading = read("count");
    ASSERT_TRUE(reading);
    most = std::max(most, parse_decimal<unsigned>(reading->text).value_or(1000));
  }
  EXPECT_GT(most, 10U);
  EXPECT_LE(most, 100U);
}

TEST_F(ReaderTest, NonsenseOfAReaderThatHasReadOthersIsNotTheMessagesFault) {
  for (const std::string order : {"moody", "fickle"}) {
    expect_well();
    const auto reading = read(order + ": x\nSubject: x\n\nhello\n");
    ASSERT_TRUE(reading) << order << ": " << reading.error().message();
    EXPECT_EQ(reading->text, "hello\n");
  }
}

TEST_F(ReaderTest, WhereThereIsNoJailOneLearnsWhatToDo) {
  const auto reading = read("unfit");
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::kClosed);
  for (const char* const said : {"(seccomp: Operation not permitted)", "show --raw"})
    EXPECT_NE(reading.error().detail.find(said), std::string::npos) << reading.error().detail;
}

TEST_F(ReaderTest, ReadersThatStandStillAreEnded) {
  ASSERT_FALSE(read("stop", kShort));
  EXPECT_TRUE(becomes([] { return children(zygote()).empty(); }));
}

TEST_F(ReaderTest, AReaderIsTheFirstToGoWhenMemoryRunsOut) {
  expect_well();
  const auto readers = children(zygote());
  ASSERT_EQ(readers.size(), 1U);
  const auto readiness = [](pid_t id) {
    std::ifstream file("/proc/" + std::to_string(id) + "/oom_score_adj");
    int value = 0;
    EXPECT_TRUE(file >> value);
    return value;
  };
  EXPECT_GT(readiness(readers.front()), readiness(::getpid()));
  EXPECT_EQ(readiness(zygote()), readiness(::getpid())) << "without it there are no readers";
}

TEST_F(ReaderTest, WhereNoReaderComesOneWaitsOnce) {
  const pid_t stopped = zygote();
  ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
  for (const auto most : {30s, 5s}) {
    const auto start = std::chrono::steady_clock::now();
    const auto reading = read("Subject: good\n\nhello\n");
    ASSERT_FALSE(reading);
    EXPECT_NE(reading.error().detail.find("does not answer"), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - start, most);
  }
}

TEST_F(ReaderTest, AProgramEndsThoughItsReadersAreStopped) {
  expect_well();
  ASSERT_EQ(::kill(zygote(), SIGSTOP), 0);
  end_readers();
  EXPECT_FALSE(has_readers());
}

TEST_F(ReaderTest, FieldsAndDates) {
  EXPECT_EQ(Reader().field("=?utf-8?q?Gr=C3=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(Reader().field("crash"), "crash");
  EXPECT_EQ(Reader().date("Thu, 01 Jan 1970 00:00:10 +0000"), 10);
  EXPECT_EQ(Reader().date("yesterday"), std::nullopt);
  EXPECT_EQ(Reader().date("crash"), std::nullopt);
}

TEST_F(ReaderTest, WhatIsNoFileIsNotWaitedFor) {
  const Path pipe = archive_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(Reader().read(pipe, {}));
  const auto gone = Reader().read(archive_.path() / "gone", {});
  EXPECT_TRUE(!gone && gone.error().code == Errc::kNotFound);
  EXPECT_TRUE(Reader().entry(archive_.path() / "gone")->is_missing);
}

TEST_F(ReaderTest, TheIndexGivesUpWhatCannotBeReadAndNamesIt) {
  Mailbox mailbox = open();
  keep(mailbox, {"Subject: one\n\nfirst\n", "crash: now\nSubject: =?utf-8?q?b=C3=B6se?=\n\nx\n",
                 "Subject: two\n\nsecond\n", "hang\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto indexed = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kHasty);
  ASSERT_TRUE(indexed) << indexed.error().message();
  EXPECT_EQ(indexed->whole + indexed->partly, 2U);
  EXPECT_EQ(indexed->given_up, 2U);
  ASSERT_EQ(indexed->named.size(), 2U);
  const std::string named = indexed->named[0] + "\n" + indexed->named[1];
  EXPECT_NE(named.find(" cannot be indexed: "), std::string::npos) << named;
  EXPECT_NE(named.find("its reading crashed"), std::string::npos) << named;
  EXPECT_NE(named.find("takes too long"), std::string::npos) << named;
  auto subjects = database->prepare("SELECT subject FROM messages WHERE subject = 'böse'");
  ASSERT_TRUE(subjects);
  EXPECT_TRUE(*subjects->step());  // People see which one it is.
  subjects->reset();
  // Once: the next look has nothing to do, and says nothing.
  const auto again = index_pending(*database, archive_.path());
  EXPECT_TRUE(again && again->named.empty() && again->given_up == 0);
}

TEST_F(ReaderTest, AMessageThatStandsStillInTwoLooksIsGivenUp) {
  Mailbox mailbox = open();
  keep(mailbox, {"Subject: one\n\nfirst\n", "stop\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto first = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kShortButFair);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->whole, 1U);
  ASSERT_EQ(first->named.size(), 1U);
  EXPECT_NE(first->named[0].find(" is not indexed yet: "), std::string::npos);
  const auto second = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kShortButFair);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->given_up, 1U);
  ASSERT_EQ(second->named.size(), 1U);
  EXPECT_NE(second->named[0].find("stood still in two looks"), std::string::npos);
}

TEST_F(ReaderTest, AMissingReaderIsNoMessagesFaultAndHoldsNoLock) {
  Mailbox mailbox = open();
  keep(mailbox, {"Subject: one\n\nfirst\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  expect_well();
  const pid_t killed = zygote();
  const auto readers = children(killed);
  ASSERT_EQ(::kill(killed, SIGKILL), 0);
  for (const pid_t reader : readers)
    EXPECT_TRUE(becomes([reader] { return ::kill(reader, 0) != 0; }));
  const auto indexed = index_pending(*database, archive_.path());
  ASSERT_FALSE(indexed);
  EXPECT_EQ(indexed.error().code, Errc::kClosed) << indexed.error().message();
  end_readers();
  const auto later = index_pending(*database, archive_.path());
  EXPECT_TRUE(later && later->whole == 1);
}

TEST_F(ReaderTest, ManyMessagesOfOneRun) {
  for (int i = 0; i < 50; ++i) expect_well();
}

TEST(Readers, WithoutThemMailIsReadHere) {
  EXPECT_FALSE(has_readers());
  EXPECT_EQ(Reader().field("=?utf-8?q?x?="), "x");
}

}  // namespace
}  // namespace restante::archive
