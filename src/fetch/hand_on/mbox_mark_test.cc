#include "fetch/hand_on/mbox_mark.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

class MboxMarkTest : public testing::Test {
 protected:
  bool is_half(std::string_view content, const MboxMark& mark) const {
    const archive::Path path = folder_.path() / "box";
    archive::write_file(path, content);
    const auto file = archive::open_file(path, O_RDONLY);
    EXPECT_TRUE(file);
    return is_half_written(file->number(), mark, static_cast<off_t>(content.size()));
  }

  archive::TempFolder folder_;
};

const std::string kOurs(kMboxSeparator);

TEST_F(MboxMarkTest, IsRemembered) {
  auto database = archive::Database::open(folder_.path(), archive::Access::kCreate);
  ASSERT_TRUE(database);
  EXPECT_FALSE(read_mbox_mark(*database, "/box")->has_value());
  ASSERT_TRUE(write_mbox_mark(*database, "/box", {5, 70}));
  ASSERT_TRUE(write_mbox_mark(*database, "/other", {6, 80}));
  ASSERT_TRUE(write_mbox_mark(*database, "/box", {7, 90}));
  const auto mark = read_mbox_mark(*database, "/box");
  ASSERT_TRUE(mark && *mark);
  EXPECT_EQ((*mark)->before, 7);
  EXPECT_EQ((*mark)->after, 90);
}

TEST_F(MboxMarkTest, HalfAMessageOfOursIsKnown) {
  for (const std::size_t octets : {1U, 5U, 44U, 50U, 60U}) {
    const std::string half = (kOurs + "Subject: half a message").substr(0, octets);
    EXPECT_TRUE(is_half(half, {0, 200})) << octets;
    EXPECT_TRUE(is_half("x\n\n" + half, {3, 200})) << octets;
  }
}

TEST_F(MboxMarkTest, AWholeOneOrNoneIsNoHalf) {
  EXPECT_FALSE(is_half(kOurs + "Subject: a\n\n", {0, 56}));
  EXPECT_FALSE(is_half("x\n\n", {3, 200}));
  EXPECT_FALSE(is_half("x", {3, 200})) << "somebody has cut it";
  EXPECT_FALSE(is_half(kOurs + "Subject: a\n\n", {0, 0})) << "nothing is being appended";
}

TEST_F(MboxMarkTest, WhatOthersWroteIsLeftAlone) {
  EXPECT_FALSE(is_half("From somebody\nSubject: b\n", {0, 200}));
  EXPECT_FALSE(is_half(kOurs + "Subject: haFrom somebody Thu\nSubject: b\n", {0, 200}));
  EXPECT_FALSE(is_half(kOurs + std::string(300'000, 'x') + "\nFrom b\n", {0, 900'000}));
}

}  // namespace
}  // namespace restante::fetch
