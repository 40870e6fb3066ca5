#include "fetch/hand_on/hand_on_target.h"

#include <gtest/gtest.h>

#include "archive/mailbox/line_form.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"
#include "fetch/hand_on/mbox_mark.h"

namespace restante::fetch {
namespace {

using profile::HandOn;
using Kind = HandOnVerdict::Kind;

class HandOnTargetTest : public testing::Test {
 protected:
  /// `disk`: the file's octets; their checksum is of the form with CRLF.
  HandOnMessage message(const std::string& disk) {
    std::string received;
    archive::append_received_form(disk, received);
    archive::write_file(folder_.path() / "message", disk);
    auto opened = HandOnMessage::open(folder_.path() / "message", archive::sha256_of(received));
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  HandOnVerdict give(const HandOn& target, const std::string& disk) {
    const HandOnMessage sent = message(disk);
    HandOnTask task(target, stop_);
    task.account = "home";
    task.database = database_;
    return hand_on_session(task)->give(sent);
  }
  HandOn program(const std::string& line) const {
    HandOn target;
    target.kind = HandOn::Kind::kCommand;
    target.command = {"/bin/sh", "-c", "cd " + folder_.path().string() + "; " + line};
    return target;
  }
  HandOn mbox() const {
    HandOn target;
    target.kind = HandOn::Kind::kMbox;
    target.target = folder_.path() / "box";
    return target;
  }
  std::string box() const { return archive::read_file(folder_.path() / "box"); }

  archive::TempFolder folder_;
  net::StopSignal stop_ = *net::StopSignal::create();
  archive::Database* database_ = nullptr;
};

constexpr std::string_view kFrom = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n";

TEST_F(HandOnTargetTest, AProgramGetsTheMessageOnStdin) {
  EXPECT_EQ(give(program("cat > got; echo $RESTANTE_ACCOUNT > who"), "Subject: a\n\nb\n").kind,
            Kind::kTaken);
  EXPECT_EQ(archive::read_file(folder_.path() / "got"), "Subject: a\n\nb\n");
  EXPECT_EQ(archive::read_file(folder_.path() / "who"), "home\n");
}

TEST_F(HandOnTargetTest, ExitCodesAreThoseOfSysexits) {
  EXPECT_EQ(give(program("exit 75"), "a\n").kind, Kind::kLater);
  EXPECT_EQ(give(program("exit 67"), "a\n").kind, Kind::kRefused);
  EXPECT_EQ(give(program("exit 1"), "a\n").kind, Kind::kLater);
  EXPECT_EQ(give(program("kill -9 $$"), "a\n").kind, Kind::kLater);
  EXPECT_EQ(give(program("echo full >&2; exit 75"), "a\n").reason,
            "the program ended with 75: full");
}

TEST_F(HandOnTargetTest, AnMboxGrowsAndQuotesFromLines) {
  EXPECT_EQ(give(mbox(), "Subject: a\n\nFrom here\n>From there\nFromage\n>>x\n").kind,
            Kind::kTaken);
  const std::string first =
      std::string(kFrom) + "Subject: a\n\n>From here\n>>From there\nFromage\n>>x\n\n";
  EXPECT_EQ(box(), first);
  EXPECT_EQ(give(mbox(), "no line end").kind, Kind::kTaken);
  EXPECT_EQ(box(), first + std::string(kFrom) + "no line end\n\n");
}

TEST_F(HandOnTargetTest, AnMboxThatACrashLeftGetsItsLineEnd) {
  archive::write_file(folder_.path() / "box", "From x\nhalf a mess");
  EXPECT_EQ(give(mbox(), "a\n").kind, Kind::kTaken);
  EXPECT_EQ(box(), "From x\nhalf a mess\n\n" + std::string(kFrom) + "a\n\n");
}

TEST_F(HandOnTargetTest, HalfAMessageThatACrashLeftInAnMboxIsCut) {
  auto database = archive::Database::open(folder_.path() / "archive", archive::Access::kCreate);
  ASSERT_TRUE(database);
  database_ = &*database;
  EXPECT_EQ(give(mbox(), "first\n").kind, Kind::kTaken);
  EXPECT_EQ(give(mbox(), "second\n").kind, Kind::kTaken);
  const std::string whole = box();
  const std::string first = std::string(kFrom) + "first\n\n";
  archive::write_file(folder_.path() / "box", whole.substr(0, whole.size() - 4));
  const MboxMark mark{static_cast<off_t>(first.size()), static_cast<off_t>(whole.size())};
  ASSERT_TRUE(write_mbox_mark(*database, mbox().target, mark));
  EXPECT_EQ(give(mbox(), "third\n").kind, Kind::kTaken);
  EXPECT_EQ(box(), first + std::string(kFrom) + "third\n\n");
}

TEST_F(HandOnTargetTest, AMessageThatIsShorterThanOursWasIsNotTakenForItsHalf) {
  auto database = archive::Database::open(folder_.path() / "archive", archive::Access::kCreate);
  ASSERT_TRUE(database);
  database_ = &*database;
  EXPECT_EQ(give(mbox(), "a long message\n").kind, Kind::kTaken);
  // A mail reader has taken it out, and another archive's fetch has appended its own.
  const std::string other = std::string(kFrom) + "short\n\n";
  archive::write_file(folder_.path() / "box", other);
  EXPECT_EQ(give(mbox(), "next\n").kind, Kind::kTaken);
  EXPECT_EQ(box(), other + std::string(kFrom) + "next\n\n");
}

TEST_F(HandOnTargetTest, AnMboxThatCannotBeWrittenIsForLater) {
  HandOn target = mbox();
  target.target = folder_.path() / "none" / "box";
  EXPECT_EQ(give(target, "a\n").kind, Kind::kLater);
}

TEST_F(HandOnTargetTest, ADamagedMessageIsNotHandedOn) {
  archive::write_file(folder_.path() / "message", "Subject: b\n");
  const auto opened =
      HandOnMessage::open(folder_.path() / "message", archive::sha256_of("Subject: a\r\n"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kCorrupt);
}

TEST_F(HandOnTargetTest, ReadersGiveTheOctetsAsReceived) {
  const HandOnMessage sent = message("Subject: a\n\nb\n");
  auto reader = MessageReader::open(sent);
  ASSERT_TRUE(reader);
  std::string all;
  std::array<char, 3> piece{};
  for (;;) {
    const std::size_t count = *reader->read(piece.data(), piece.size());
    if (count == 0) break;
    all.append(piece.data(), count);
  }
  EXPECT_EQ(all, "Subject: a\r\n\r\nb\r\n");
  EXPECT_EQ(sent.octets(), all.size());
}

TEST_F(HandOnTargetTest, AnAddressThatWouldBeACommandIsRefused) {
  HandOn target;
  target.kind = HandOn::Kind::kLmtp;
  target.target = "127.0.0.1:1";
  target.recipient = "a@example.test>\r\nDATA";
  EXPECT_EQ(give(target, "a\n").kind, Kind::kDown);
}

}  // namespace
}  // namespace restante::fetch
