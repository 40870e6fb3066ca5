#include "archive/reader/reader.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "archive/catalog.h"
#include "archive/indexer.h"
#include "archive/reader/wire.h"
#include "archive/reader/zygote.h"
#include "archive/test_support.h"
#include "base/clock.h"
#include "base/numbers.h"
#include "documents/pdf_test_support.h"
#include "documents/pdf_text.h"
#include "process/seccomp.h"

namespace restante::archive {
namespace {

using namespace std::chrono_literals;

// Of little processor time, and enough of any other for a machine that does many things.
constexpr Patience kHasty{50ms, 10s};
constexpr Patience kShort{5s, 100ms};
constexpr Patience kShortButFair{5s, 500ms};  // A good message is read in it on any machine.

std::string beginning_of(const Descriptor& file) {
  std::string octets(64, '\0');
  const ssize_t count = ::pread(file.number(), octets.data(), octets.size(), 0);
  octets.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return octets;
}

[[noreturn]] void compute_for_ever() {
  for (volatile unsigned i = 0;; i = i + 1) continue;
}

/// Of an intruder, who has the reader's socket.
constexpr int kReaderSocket = 3;

/// Two answers at once.
void answer_twice(const std::string& octets) {
  const std::uint64_t head = static_cast<std::uint64_t>(octets.size()) << 8U |
                             static_cast<std::uint64_t>(FrameKind::kAnswer) << 1U;
  std::string frame(reinterpret_cast<const char*>(&head), sizeof head);
  frame += octets;
  static_cast<void>(::send(kReaderSocket, (frame + frame).data(), 2 * frame.size(), MSG_NOSIGNAL));
}

Reading reading_of(const std::string& text) {
  Reading reading;
  reading.text = text;
  return reading;
}

/// Orders about pieces.
Status obey_in_pieces(std::string_view order, const OctetSink& pieces) {
  RESTANTE_CHECKED(pieces("one "));
  if (order.starts_with("pieces")) return pieces("two");
  if (order.starts_with("break")) ::abort();
  if (order.starts_with("again")) send_frame(kReaderSocket, FrameKind::kPdf, true, {});
  for (;;) {
    if (order.starts_with("drip")) ::poll(nullptr, 0, 20);
    const std::size_t bytes = order.starts_with("empty") ? 0 : order.starts_with("drip") ? 1 : 9000;
    RESTANTE_CHECKED(pieces(std::string(bytes, 'x')));
  }
}

/// A reader that does what the message says.
Result<std::string> obey(const Request& request, Descriptor file, const OctetSink& pieces) {
  const std::string order = file.is_open() ? beginning_of(file) : request.raw;
  if (order.starts_with("crash")) ::abort();
  if (order.starts_with("hang")) compute_for_ever();
  if (order.starts_with("stop")) ::poll(nullptr, 0, -1);
  if (order.starts_with("grow"))
    for (std::vector<std::string> all;;) {
      all.emplace_back(64U << 20, 'x');
      if (process::kSanitized && all.size() > 8) ::abort();  // There memory has no bound.
    }
  if (order.starts_with("in-document") && request.document_time > 0ms) {
    if (order.find("crash") != std::string::npos) ::abort();
    if (order.find("stop") != std::string::npos) ::poll(nullptr, 0, -1);
    compute_for_ever();
  }
  if (order.starts_with("no-module")) text::load_pdf_module("/nowhere/librestante_pdf.so");
  if (order.starts_with("lie")) return std::string("no reading at all");
  if (order.starts_with("8bit")) return packed(reading_of("\xFF"));
  if (request.ask == Ask::kPart && !order.starts_with("Subject")) {
    RESTANTE_CHECKED(obey_in_pieces(order, pieces));
    return std::string();
  }
  static int requests = 0;
  ++requests;
  if (order.starts_with("count")) return packed(reading_of(std::to_string(requests)));
  if (order.starts_with("moody") && requests > 1)
    send_frame(kReaderSocket, FrameKind::kRequest, false, "no, you");
  if (order.starts_with("fickle") && requests > 1) return std::string("no reading at all");
  if (order.starts_with("unfit"))
    send_frame(kReaderSocket, FrameKind::kUnfit, true, "seccomp: Operation not permitted");
  if (order.starts_with("greedy")) send_frame(kReaderSocket, FrameKind::kPdf, true, {});
  if (order.starts_with("ahead")) {
    answer_twice(packed(reading_of("forged")));
    ::poll(nullptr, 0, -1);
  }
  return answer(request, std::move(file), pieces);
}

class ReaderTest : public ArchiveTest {
 protected:
  ReaderTest() { start_readers(obey); }
  ~ReaderTest() override { end_readers(); }

  Path put(std::string_view octets) {
    write_file(archive_.path() / "m", octets);
    return archive_.path() / "m";
  }
  Result<Reading> read(std::string_view octets, const Patience& patience = {}) {
    Wanted wanted;
    wanted.text_bytes_max = 1000;
    return Reader(patience).read(put(octets), wanted);
  }
  static std::vector<pid_t> children(pid_t of) {
    const std::string id = std::to_string(of);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    return {std::istream_iterator<pid_t>(list), {}};
  }
  /// The one child of this process.
  static pid_t zygote() {
    const auto all = children(::getpid());
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? -1 : all.front();
  }
  static bool becomes(const std::function<bool()>& true_) {
    for (int i = 0; i < 1000 && !true_(); ++i) ::poll(nullptr, 0, 10);
    return true_();
  }
  /// The text of a good message: the readers go on.
  void expect_well() {
    const auto reading = read("Subject: good\n\nhello\n");
    ASSERT_TRUE(reading) << reading.error().message();
    EXPECT_EQ(reading->headers.subject, "good");
    EXPECT_EQ(reading->text, "hello\n");
  }
};

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

TEST_F(ReaderTest, NobodyWaitsForOneThatComputesForEver) {
  const auto start = std::chrono::steady_clock::now();
  const auto reading = read("hang", kHasty);
  ASSERT_FALSE(reading);
  EXPECT_NE(reading.error().detail.find("takes too long"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 50s);
  expect_well();
}

TEST_F(ReaderTest, NobodyWaitsForOneThatStandsStill) {
  const auto reading = read("stop", kShort);
  ASSERT_FALSE(reading);
  EXPECT_NE(reading.error().detail.find("stood still"), std::string::npos);
  expect_well();
}

TEST_F(ReaderTest, ADocumentThatEndsOrHoldsUpItsReaderCostsItsTextAlone) {
  Mailbox mailbox = open();
  keep(mailbox, {"in-document: crash\nSubject: one\n\nkangaroo\n",
                 "in-document: hang\nSubject: two\n\nwombat\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto indexed = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kHasty);
  ASSERT_TRUE(indexed) << indexed.error().message();
  EXPECT_EQ(indexed->whole, 2U);
  EXPECT_EQ(indexed->given_up, 0U);
  ASSERT_EQ(indexed->named.size(), 2U);
  for (const char* const why : {"its reading crashed", "takes too long"})
    EXPECT_TRUE(std::any_of(indexed->named.begin(), indexed->named.end(),
                            [&](const std::string& line) {
                              return line.find(": the text of its documents is not indexed: ") !=
                                         std::string::npos &&
                                     line.find(why) != std::string::npos;
                            }))
        << why;
  auto words = database->prepare("SELECT 1 FROM search WHERE search MATCH 'kangaroo OR wombat'");
  ASSERT_TRUE(words);
  EXPECT_TRUE(*words->step() && *words->step());
  // Lines of a search are of what there is.
  Wanted wanted;
  wanted.text_bytes_max = 1000;
  wanted.attached_bytes_max = 1000;
  const auto reading = Reader(kHasty).read(put("in-document: crash\n\nkangaroo\n"), wanted);
  ASSERT_TRUE(reading) << reading.error().message();
  EXPECT_EQ(reading->text, "kangaroo\n");
}

TEST_F(ReaderTest, ADocumentWhoseReaderStandsStillAtEachLookCostsItsTextAlone) {
  Mailbox mailbox = open();
  keep(mailbox, {"in-document: stop\nSubject: one\n\nkangaroo\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto look = [&] {
    return index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kShort);
  };
  // The machine may be why, so it is tried again.
  const auto first = look();
  ASSERT_TRUE(first && first->named.size() == 1);
  EXPECT_NE(first->named[0].find(" is not indexed yet: "), std::string::npos) << first->named[0];
  const auto second = look();
  ASSERT_TRUE(second && second->named.size() == 1);
  EXPECT_NE(second->named[0].find(": the text of its documents is not indexed: "),
            std::string::npos)
      << second->named[0];
  EXPECT_EQ(second->whole, 1U);
}

/// A mail with a PDF file.
std::string with_pdf(const std::string& fields, const std::string& page,
                     const text::PdfLook& look = {}) {
  return fields +
         "Subject: file\nMIME-Version: 1.0\nContent-Type: application/pdf; name=a.pdf\n"
         "Content-Disposition: attachment\nContent-Transfer-Encoding: binary\n\n" +
         text::pdf_of({page}, look);
}

TEST_F(ReaderTest, PdfFilesAreReadInTheJail) {
  const auto entry = Reader(kThorough).entry(put(with_pdf("", "(kangaroo)")));
  ASSERT_TRUE(entry) << entry.error().message();
  EXPECT_NE(entry->attachments.find("kangaroo"), std::string::npos) << entry->attachments;
  EXPECT_FALSE(entry->lacks_pdf);
  EXPECT_EQ(entry->left_out, "");
  // With tables of poppler's, which are files of their own.
  const auto japanese =
      Reader(kThorough).entry(put(with_pdf("", "<8abf8e9a>", {text::kJapanese, "", ""})));
  ASSERT_TRUE(japanese);
  EXPECT_NE(japanese->attachments.find("漢字"), std::string::npos) << japanese->attachments;
}

TEST_F(ReaderTest, OneThatAlwaysAsksForThePdfLibraryGetsItOnce) {
  const auto reading = read("greedy\n\nx\n");
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::kLimit);
  std::string got;
  const Status sent = Reader().send_part(put("again\n"), 1, [&](std::string_view piece) {
    got += piece;
    return ok();
  });
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::kLimit);
  EXPECT_EQ(got, "one ");  // Not twice.
  expect_well();
}

TEST_F(ReaderTest, WithoutItsModulePdfFilesAreLeftOutAndThatIsToldOnce) {
  Mailbox mailbox = open();
  keep(mailbox, {with_pdf("no-module: x\n", "(one)"), with_pdf("no-module: y\n", "(two)")});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto indexed = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kThorough);
  ASSERT_TRUE(indexed) << indexed.error().message();
  EXPECT_EQ(indexed->whole, 2U);
  ASSERT_EQ(indexed->named.size(), 1U);
  EXPECT_NE(indexed->named[0].find("/lib/restante/librestante_pdf.so cannot be loaded"),
            std::string::npos)
      << indexed->named[0];
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
  // What was given out is not given out again.
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

TEST_F(ReaderTest, AnAnswerThatNobodyAskedForIsTakenForNoMessage) {
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

TEST_F(ReaderTest, ThatNoReaderCanBeHadIsNoMessagesFaultAndNobodyElsesLock) {
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
