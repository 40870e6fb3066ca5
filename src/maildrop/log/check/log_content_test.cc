#include "maildrop/log/check/log_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "disk/memory.h"
#include "disk/posix.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// What tools see of a maildrop at rest, through the store.
class AtRest : public testing::Test {
 protected:
  void flip(const std::string& text) {
    std::string bytes = *disk_.content(paths_.log);
    const std::size_t at = bytes.find(text);
    ASSERT_NE(at, std::string::npos);
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    disk_.set_content(paths_.log, bytes);
  }
  static std::string text_of(Content& content, std::size_t index) {
    std::string text;
    EXPECT_TRUE(content.read(index, [&](std::string_view piece) {
      text += piece;
      return ok();
    }));
    return text;
  }

  disk::MemoryDisk disk_;
  TestStore store_{disk_};
  const LogPaths paths_ = log_paths("/data", kAccount);
};

TEST_F(AtRest, HasEachMessageWithItsOctets) {
  ASSERT_TRUE(store_.deliver("Subject: 1\r\n\r\n"));
  ASSERT_TRUE(store_.deliver("Subject: 2\r\n\r\n"));
  {
    const auto session = *store_->open(kAccount, View::kDefault);
    ASSERT_TRUE(session->commit(end_deleting({MessageNumber{1}})));
  }
  const auto content = *store_->content(kAccount, {});
  ASSERT_EQ(content->count(), 2U);
  EXPECT_TRUE(content->message(0).deleted);
  EXPECT_FALSE(content->message(1).deleted);
  EXPECT_EQ(text_of(*content, 0), "Subject: 1\r\n\r\n");
  EXPECT_EQ(text_of(*content, 1), "Subject: 2\r\n\r\n");
}

TEST_F(AtRest, GivesNothingOfADamagedMessage) {
  ASSERT_TRUE(store_.deliver("Subject: 1\r\n\r\n"));
  ASSERT_TRUE(store_.deliver("Subject: 2\r\n\r\n"));
  flip("Subject: 1");
  const auto content = *store_->content(kAccount, {});
  ASSERT_EQ(content->count(), 2U);
  EXPECT_FALSE(content->message(0).intact);
  const auto sink = [](std::string_view) { return ok(); };
  EXPECT_EQ(content->read(0, sink).error().code, Errc::kCorrupt);
  flip("Subject: 2");  // Since it was read.
  EXPECT_EQ(content->read(1, sink).error().code, Errc::kCorrupt);
}

TEST_F(AtRest, IsEmptyWhereNoMailEverCame) {
  EXPECT_EQ((*store_->content(kAccount, {}))->count(), 0U);
  const auto stored = *store_->stored(kAccount);
  EXPECT_FALSE(stored.exists);
  EXPECT_EQ(stored.bytes, 0U);
  EXPECT_EQ(stored.where, paths_.log);
  EXPECT_EQ(store_->check_stored(stored, CheckDepth::kAll, {}).error().code, Errc::kNotFound);
  EXPECT_THAT(*store_->all_stored(), IsEmpty());
}

TEST_F(AtRest, AllAreFoundAlsoWithoutAnOwner) {
  ASSERT_TRUE(store_.deliver("Subject: 1\r\n\r\n"));
  disk_.set_content(paths_.directory + "/moved here.log", std::string(5000, '?'));
  const auto all = *store_->all_stored();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].name, paths_.log.substr(6));
  EXPECT_EQ(all[0].bytes, disk_.content(paths_.log)->size());
  EXPECT_TRUE(all[1].exists);
  EXPECT_EQ(all[1].bytes, 5000U);
  EXPECT_THAT(*store_->accounts(), ElementsAre(kAccount));
  EXPECT_THAT(store_->check_stored(all[0], CheckDepth::kAll, {})->findings, IsEmpty());
  EXPECT_THAT(store_->check_stored(all[1], CheckDepth::kAll, {})->findings, SizeIs(1));
}

TEST_F(AtRest, TheNewestFileSaysWhenMailWasWrittenLast) {
  EXPECT_EQ(store_->last_written(), std::nullopt);
  const auto folder = std::filesystem::temp_directory_path() / "restante-XXXXXX";
  std::string root = folder.string();
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  std::filesystem::create_directory(root + "/maildrops");
  TestStore store(disk::posix_disk(), root);
  ASSERT_TRUE(store.deliver("Subject: 1\r\n\r\n", "alice"));
  ASSERT_TRUE(store.deliver("Subject: 2\r\n\r\n", "bob"));
  const auto then = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  std::filesystem::last_write_time(log_paths(root, "alice").log, then);
  const auto bobs =
      std::chrono::file_clock::to_sys(std::filesystem::last_write_time(log_paths(root, "bob").log));
  EXPECT_EQ(store->last_written(), std::chrono::floor<std::chrono::milliseconds>(bobs));
  std::filesystem::remove_all(root);
}

TEST_F(AtRest, RepairSaysWhereItKeepsWhatItTakesOut) {
  ASSERT_TRUE(store_.deliver("Subject: 1\r\n\r\n"));
  flip("Subject: 1");
  EXPECT_EQ(store_->repair(kAccount, {})->kept_in, paths_.aside);
  EXPECT_TRUE(disk_.content(paths_.aside));
}

}  // namespace
}  // namespace restante::maildrop::log
