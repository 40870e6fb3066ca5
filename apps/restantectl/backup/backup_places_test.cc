#include "restantectl/backup/backup_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "disk/posix.h"
#include "maildrop/doors/backups.h"
#include "maildrop/doors/open.h"
#include "server/delivery/spool.h"

namespace restante::ctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BackupPlaces : public testing::Test {
 protected:
  BackupPlaces() {
    std::string pattern = (std::filesystem::temp_directory_path() / "places-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~BackupPlaces() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
};

TEST_F(BackupPlaces, AreNotedOnce) {
  EXPECT_THAT(noted_backups(folder), IsEmpty());
  for (const char* const name : {"/b/one", "/b/two", "/b/./one", "/b/new\nline"})
    EXPECT_TRUE(note_backup(folder, name)) << name;
  EXPECT_THAT(noted_backups(folder), ElementsAre("/b/one", "/b/two"));
  EXPECT_FALSE(note_backup(folder / "not there", "/b/one"));
}

TEST_F(BackupPlaces, SayWhetherTheyMayHoldAMaildrop) {
  const std::string data = (folder / "data").string();
  const std::string backup = (folder / "backup").string();
  std::filesystem::create_directory(data);
  const auto store =
      maildrop::open_store(disk::posix_disk(), maildrop::StoreSettings(data, system_clock()));
  ASSERT_TRUE(store);
  server::Spool mail(folder);
  mail.append("Subject: x\r\n\r\n");
  ASSERT_TRUE((*store)->deliver("a@x.test", maildrop::NewMessage("", mail, mail.size())));
  const maildrop::StoredMaildrop held = *(*store)->stored("a@x.test");
  const maildrop::StoredMaildrop other = *(*store)->stored("b@x.test");
  EXPECT_TRUE(may_hold(backup, other)) << "it may be on a disk that is not mounted";
  ASSERT_TRUE(maildrop::make_backup(maildrop::BackEnd::kLog,
                                    maildrop::BackupRequest(disk::posix_disk(), data, backup)));
  EXPECT_TRUE(may_hold(backup, held));
  EXPECT_FALSE(may_hold(backup, other));
}

}  // namespace
}  // namespace restante::ctl
