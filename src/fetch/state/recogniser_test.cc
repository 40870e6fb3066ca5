#include "fetch/state/recogniser.h"

#include <gtest/gtest.h>

#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"
#include "fetch/hand_on/header_block.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kMessage = "Message-ID: <1@a>\r\nSubject: a\r\nFrom: b\r\n\r\nbody\r\n";

class RecogniserTest : public testing::Test {
 protected:
  RecogniserTest() {
    account_.name = "home";
    auto opened = LocalMail::open(account_, folder_.path(), clock_);
    EXPECT_TRUE(opened);
    local_ = std::move(*opened);
    sha256_ = keep("u1", 500, kMessage);
  }
  /// The checksum of what is kept.
  std::string keep(const std::string& uid, std::uint64_t listed, std::string_view octets) {
    std::vector<Arrived> group(1);
    group[0].fetch = {1, uid, listed, Why::kNew};
    group[0].incoming = *local_->mailbox().begin();
    EXPECT_TRUE(group[0].incoming->write(octets));
    group[0].received = *group[0].incoming->finish();
    std::string sha256 = group[0].received.sha256;
    EXPECT_TRUE(local_->keep(std::move(group)));
    return sha256;
  }
  static std::string header_of(std::string_view message) {
    HeaderBlock block;
    block.feed(message);
    return std::string(block.text());
  }

  archive::TempFolder folder_;
  ManualClock clock_{archive::some_time()};
  profile::Account account_;
  std::unique_ptr<LocalMail> local_;
  std::string sha256_;
};

TEST_F(RecogniserTest, FindsByListedSizeAndHeader) {
  Recogniser recogniser(*local_, OneForOne::kNo);
  EXPECT_TRUE(recogniser.has_candidates(500));
  const auto found = recogniser.find(500, header_of(kMessage));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sha256, sha256_);
  EXPECT_TRUE(recogniser.find(500, header_of(kMessage))) << "as often as it is asked for";
}

TEST_F(RecogniserTest, AnotherSizeOrHeaderIsAnotherMessage) {
  Recogniser recogniser(*local_, OneForOne::kNo);
  EXPECT_FALSE(recogniser.has_candidates(501));
  EXPECT_FALSE(recogniser.has_candidates(std::nullopt));
  EXPECT_FALSE(recogniser.find(501, header_of(kMessage)));
  EXPECT_FALSE(
      recogniser.find(500, header_of("Message-ID: <1@a>\r\nSubject: a\r\nFrom: c\r\n\r\n")));
  EXPECT_FALSE(recogniser.find(500, header_of("Message-ID: <1@a>\r\n\r\n")));
}

TEST_F(RecogniserTest, AHeaderThatTellsNoMessageFromTheNextFindsNone) {
  const std::string header = "Subject: report\r\nFrom: b\r\n\r\n";
  keep("u2", 600, header + "all is well\r\n");
  keep("u3", 700, "Received: by a\r\n" + header + "all is well\r\n");
  Recogniser recogniser(*local_, OneForOne::kNo);
  EXPECT_TRUE(recogniser.has_candidates(600));
  EXPECT_FALSE(recogniser.find(600, header_of(header)));
  EXPECT_TRUE(recogniser.find(700, header_of("Received: by a\r\n" + header)));
}

TEST_F(RecogniserTest, WithNewIdsEachMessageIsFoundOnceAndNotWhileItsIdIsThere) {
  Recogniser listed(*local_, OneForOne::kYes);
  EXPECT_FALSE(listed.has_candidates(500));
  Change vanished{"u1", local_->entry_of("u1")};
  vanished.entry.state = UidState::kVanished;
  ASSERT_TRUE(local_->store({&vanished, 1}));
  Recogniser recogniser(*local_, OneForOne::kYes);
  EXPECT_TRUE(recogniser.find(500, header_of(kMessage)));
  EXPECT_FALSE(recogniser.find(500, header_of(kMessage)));
}

TEST_F(RecogniserTest, ManyMessagesOfOneSizeAreNotComparedWithEachOther) {
  constexpr int kMany = 60'000;
  std::vector<Change> changes;
  for (int i = 0; i < kMany; ++i) {
    Change change{"many-" + std::to_string(i), {}};
    change.entry.state = UidState::kVanished;
    change.entry.sha256 = archive::sha256_of(change.uid);
    change.entry.octets = 700;
    changes.push_back(std::move(change));
  }
  ASSERT_TRUE(local_->store(changes));
  Recogniser recogniser(*local_, OneForOne::kYes);
  // By their square, this would take minutes.
  for (int i = 0; i < kMany; ++i)
    ASSERT_FALSE(recogniser.find(700, "Message-ID: <none@of.them>\n"));
}

TEST_F(RecogniserTest, WhatIsNoLongerHereIsNotFound) {
  const auto place = local_->mailbox().find(sha256_);
  ASSERT_TRUE(place);
  std::filesystem::remove(local_->mailbox().path_of(*place));
  Recogniser recogniser(*local_, OneForOne::kNo);
  EXPECT_FALSE(recogniser.find(500, header_of(kMessage)));
}

}  // namespace
}  // namespace restante::fetch
