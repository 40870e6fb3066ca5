#include "fetch/recogniser.h"

#include <gtest/gtest.h>

#include "archive/test_support.h"
#include "fetch/header_block.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kMessage = "Subject: a\r\nFrom: b\r\n\r\nbody\r\n";

class RecogniserTest : public testing::Test {
 protected:
  RecogniserTest() {
    account_.name = "home";
    auto opened = LocalMail::open(account_, folder_.path(), clock_);
    EXPECT_TRUE(opened);
    local_ = std::move(*opened);
    std::vector<Arrived> group(1);
    group[0].fetch = {1, "u1", 500, Why::kNew};
    group[0].incoming = *local_->mailbox().begin();
    EXPECT_TRUE(group[0].incoming->write(kMessage));
    group[0].received = *group[0].incoming->finish();
    sha256_ = group[0].received.sha256;
    EXPECT_TRUE(local_->keep(std::move(group)));
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
  const Recogniser recogniser(*local_);
  EXPECT_TRUE(recogniser.has_candidates(500));
  EXPECT_EQ(recogniser.find(500, header_of(kMessage)), sha256_);
}

TEST_F(RecogniserTest, AnotherSizeOrHeaderIsAnotherMessage) {
  const Recogniser recogniser(*local_);
  EXPECT_FALSE(recogniser.has_candidates(501));
  EXPECT_FALSE(recogniser.has_candidates(std::nullopt));
  EXPECT_EQ(recogniser.find(501, header_of(kMessage)), std::nullopt);
  EXPECT_EQ(recogniser.find(500, header_of("Subject: a\r\nFrom: c\r\n\r\n")), std::nullopt);
  EXPECT_EQ(recogniser.find(500, header_of("Subject: a\r\n\r\n")), std::nullopt);
}

TEST_F(RecogniserTest, WhatIsNoLongerHereIsNotFound) {
  const auto place = local_->mailbox().find(sha256_);
  ASSERT_TRUE(place);
  std::filesystem::remove(local_->mailbox().path_of(*place));
  const Recogniser recogniser(*local_);
  EXPECT_EQ(recogniser.find(500, header_of(kMessage)), std::nullopt);
}

}  // namespace
}  // namespace restante::fetch
