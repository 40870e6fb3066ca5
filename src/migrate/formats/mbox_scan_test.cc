#include "migrate/formats/mbox_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

using testing::ElementsAre;

constexpr std::string_view kFile =
    "From a@b Mon Jan  1 00:00:01 2024\nSubject: one\nX-UID: 7\n\nbody 1\nFrom no separator\n\n\n"
    "From b@c Mon Jan  1 00:00:02 2024\nSubject: two\n\n\n"
    "From c@d Tue Jan  2 00:00:02 2024 +0000\r\nSubject: three\r\n\r\nb3\r\n"
    "From d@e Tue Jan  2 00:00:03 2024\nSubject: four\n\nlast";

std::vector<std::string> bodies(MboxScan& scan, std::string_view file) {
  std::vector<std::string> out;
  for (const MboxMessage& message : scan.messages())
    out.emplace_back(file.substr(message.body, message.end - message.body));
  return out;
}

TEST(MboxScan, FindsMessages) {
  MboxScan scan(Separator::kForm);
  ASSERT_TRUE(scan.write(kFile));
  ASSERT_TRUE(scan.finish());
  EXPECT_THAT(bodies(scan, kFile),
              ElementsAre("body 1\nFrom no separator\n\n", "", "b3\r\n", "last"));
  EXPECT_EQ(scan.messages()[0].notes.uid, 7U);
  EXPECT_EQ(scan.messages()[2].arrived, 1704153602);
}

TEST(MboxScan, WantsAnEmptyLineWhereAsked) {
  MboxScan scan(Separator::kAfterEmpty);
  ASSERT_TRUE(scan.write(kFile));
  ASSERT_TRUE(scan.finish());
  EXPECT_THAT(bodies(scan, kFile),
              ElementsAre("body 1\nFrom no separator\n\n", "",
                          "b3\r\nFrom d@e Tue Jan  2 00:00:03 2024\nSubject: four\n\nlast"));
}

TEST(MboxScan, DoesNotCareHowItIsCut) {
  for (std::size_t step = 1; step < 80; ++step) {
    MboxScan scan(Separator::kForm);
    for (std::size_t at = 0; at < kFile.size(); at += step)
      ASSERT_TRUE(scan.write(kFile.substr(at, step)));
    ASSERT_TRUE(scan.finish());
    EXPECT_THAT(bodies(scan, kFile),
                ElementsAre("body 1\nFrom no separator\n\n", "", "b3\r\n", "last"));
  }
}

TEST(MboxScan, BelievesAContentLengthThatFits) {
  const std::string inner = "x\n\nFrom a@b Mon Jan  1 00:00:01 2024\nSubject: inner\n\ny\n";
  const std::string head = "From a@b Mon Jan  1 00:00:01 2024\nContent-Length: ";
  const std::string file = head + std::to_string(inner.size()) + "\n\n" + inner +
                           "\nFrom a@b Mon Jan  1 00:00:05 2024\n\nz\n";
  const std::size_t fits = file.find(inner) + inner.size();
  MboxScan scan(Separator::kForm, [&](std::uint64_t offset) { return offset == fits; });
  ASSERT_TRUE(scan.write(file));
  ASSERT_TRUE(scan.finish());
  EXPECT_THAT(bodies(scan, file), ElementsAre(inner, "z\n"));
  MboxScan doubts(Separator::kForm, [](std::uint64_t) { return false; });
  ASSERT_TRUE(doubts.write(file));
  ASSERT_TRUE(doubts.finish());
  EXPECT_THAT(bodies(doubts, file), ElementsAre("x\n", "y\n", "z\n"));
}

TEST(MboxScan, RefusesWhatIsNoMbox) {
  MboxScan scan(Separator::kForm);
  EXPECT_EQ(scan.write("Subject: x\n\ny\n").error().code, Errc::kSyntax);
  MboxScan empty(Separator::kForm);
  EXPECT_TRUE(empty.write("\n\r\n"));
  EXPECT_TRUE(empty.finish());
  EXPECT_TRUE(empty.messages().empty());
}

/// A server that adds its notes must not make another message of it.
TEST(MboxScan, SumIsWithoutNotes) {
  const std::string head = "From a@b Mon Jan  1 00:00:01 2024\nSubject: one\n";
  std::string sums[2];
  const std::string notes[2] = {"", "X-UID: 7\nX-UIDL: u\nStatus: RO\n"};
  for (int i = 0; i < 2; ++i) {
    MboxScan scan(Separator::kForm);
    ASSERT_TRUE(scan.write(head + notes[i] + "\nbody\n\n"));
    ASSERT_TRUE(scan.finish());
    sums[i] = scan.messages()[0].sum;
  }
  EXPECT_EQ(sums[0], sums[1]);
}

TEST(MboxScan, TakesALoneEmptyLineAsDovecotDoes) {
  const std::string file = "From a@b Mon Jan  1 00:00:01 2024\nSubject: x\n\n";
  MboxScan scan(Separator::kForm);
  ASSERT_TRUE(scan.write(file));
  ASSERT_TRUE(scan.finish());
  EXPECT_EQ(scan.messages()[0].end, file.size() - 1);
}

/// Long lines and headers without an end are bounded.
TEST(MboxScan, StandsLongLines) {
  MboxScan scan(Separator::kForm);
  ASSERT_TRUE(scan.write("From a@b Mon Jan  1 00:00:01 2024\n"));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(scan.write(std::string(1U << 16, 'x')));
  ASSERT_TRUE(scan.write("\nFrom a@b Mon Jan  1 00:00:01 2024\n"));
  ASSERT_TRUE(scan.finish());
  EXPECT_EQ(scan.messages().size(), 2U);
}

}  // namespace
}  // namespace restante::migrate
