#include "restantectl/backup/backup_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "maildrop/log/format/file_names.h"

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
  const std::string backup = folder.string();
  EXPECT_FALSE(may_hold(backup, "a@x.test"));
  const std::filesystem::path log = maildrop::log::log_paths(backup, "a@x.test").log + ".7";
  std::filesystem::create_directories(log.parent_path());
  std::ofstream(log) << "x";
  EXPECT_TRUE(may_hold(backup, "a@x.test"));
  EXPECT_FALSE(may_hold(backup, "b@x.test"));
  EXPECT_TRUE(may_hold(backup + "/not mounted", "b@x.test"));
}

}  // namespace
}  // namespace restante::ctl
