#include "archive/database/archive_id.h"

#include <gmock/gmock.h>

#include "archive/database/database.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

using ::testing::HasSubstr;

class ArchiveId : public ::testing::Test {
 protected:
  Status claim(const Path& archive) {
    RESTANTE_TRY(const std::string trouble, claim_archive(archive, marker_));
    EXPECT_EQ(trouble, "");
    return ok();
  }
  static void make_account(const Path& archive) {
    ASSERT_TRUE(Mailbox::open(archive, "home", Create::kYes).has_value());
  }

  TempFolder folder_;
  Path archive_ = folder_.path() / "mail";
  Path marker_ = folder_.path() / "state" / "archives" / "x";
};

TEST_F(ArchiveId, IsGivenOnceAndRemembered) {
  ASSERT_TRUE(claim(archive_));
  const auto id = id_of(archive_);
  ASSERT_TRUE(id && *id);
  const auto marker = read_marker(marker_);
  ASSERT_TRUE(marker && *marker);
  EXPECT_EQ((*marker)->id, **id);
  EXPECT_EQ((*marker)->archive, archive_);
  ASSERT_TRUE(claim(archive_));
  EXPECT_EQ(**id_of(archive_), **id);
}

TEST_F(ArchiveId, OneThatIsNotThereIsNotBegunAgain) {
  ASSERT_TRUE(claim(archive_));
  std::filesystem::rename(archive_, folder_.path() / "away");
  std::filesystem::create_directory(archive_);
  const Status claimed = claim(archive_);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, Errc::kIo);
  EXPECT_THAT(claimed.error().detail, HasSubstr("archive init --new"));
  EXPECT_TRUE(std::filesystem::is_empty(archive_));
  EXPECT_FALSE(check_archive(archive_, marker_));
  std::filesystem::remove(archive_);
  EXPECT_FALSE(check_archive(archive_, marker_)) << "not even the folder is there";
  EXPECT_FALSE(claim(archive_));
  EXPECT_FALSE(std::filesystem::exists(archive_));
}

TEST_F(ArchiveId, AnotherOneIsNotTaken) {
  ASSERT_TRUE(claim(archive_));
  const Path other = folder_.path() / "other";
  ASSERT_TRUE(claim_archive(other, folder_.path() / "state" / "y"));
  EXPECT_FALSE(claim(other));
  ASSERT_TRUE(begin_archive(other, marker_));
  EXPECT_TRUE(claim(other));
  EXPECT_FALSE(claim(archive_));
}

TEST_F(ArchiveId, OneThatWasMovedIsKnown) {
  ASSERT_TRUE(claim(archive_));
  const Path there = folder_.path() / "there";
  std::filesystem::rename(archive_, there);
  ASSERT_TRUE(claim(there));
  EXPECT_EQ((*read_marker(marker_))->archive, there);
}

TEST_F(ArchiveId, OneOfTheTimeBeforeIsTaken) {
  ASSERT_TRUE(Database::open(archive_, Access::kCreate).has_value());
  make_account(archive_);
  ASSERT_TRUE(claim(archive_));
  const std::string id = **id_of(archive_);
  // A backup of the time before there were ids is put back.
  std::filesystem::remove(state_folder(archive_) / "id");
  ASSERT_TRUE(claim(archive_));
  EXPECT_EQ(**id_of(archive_), id);
}

TEST_F(ArchiveId, OneThatLostItsStateKeepsItsIdWhenItIsBegunAgain) {
  ASSERT_TRUE(claim(archive_));
  const std::string id = **id_of(archive_);
  make_account(archive_);
  std::filesystem::remove_all(state_folder(archive_));
  EXPECT_FALSE(claim(archive_));
  const auto begun = begin_archive(archive_, marker_);
  ASSERT_TRUE(begun);
  EXPECT_EQ(*begun, id);
}

TEST_F(ArchiveId, AMarkerThatCannotBeWrittenIsNoFailure) {
  write_file(folder_.path() / "state", "a file where the folder should be");
  const auto claimed = claim_archive(archive_, marker_);
  ASSERT_TRUE(claimed);
  EXPECT_NE(*claimed, "");
  EXPECT_TRUE(*id_of(archive_));
}

TEST_F(ArchiveId, ADamagedMarkerIsTold) {
  ASSERT_TRUE(claim(archive_));
  write_file(marker_, "");
  const Status claimed = claim(archive_);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::archive
