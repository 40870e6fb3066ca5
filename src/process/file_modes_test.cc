#include "process/file_modes.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "process/test_support.h"

namespace restante::process {
namespace {

using testing::HasSubstr;

class FileModesTest : public ProcessTest {
 protected:
  FileModesTest() : me_(own_identity()) {}

  /// What is wrong with a file of that mode; empty: nothing.
  std::string wrong(mode_t mode, unsigned forbidden, Owner owner, const Identity& user) {
    const auto path = folder_ / "secret";
    std::ofstream(path) << "x";
    ::chmod(path.c_str(), mode);
    const Status checked = check_file(FileRule("key", path, forbidden, owner), user);
    return checked ? std::string() : checked.error().detail;
  }

  Identity me_;
};

TEST_F(FileModesTest, WhatOthersMayReadIsRefusedWithTheCommandThatMendsIt) {
  EXPECT_EQ(wrong(0600, 07, Owner::kUser, me_), "");
  EXPECT_EQ(wrong(0640, 07, Owner::kUser, me_), "");
  const std::string path = (folder_ / "secret").string();
  EXPECT_EQ(wrong(0644, 07, Owner::kUser, me_),
            "key " + path + " is open to everybody (mode 0644): run: chmod 0640 " + path);
  EXPECT_EQ(wrong(0640, 077, Owner::kUser, me_),
            "key " + path + " is open to its group (mode 0640): run: chmod 0600 " + path);
  EXPECT_EQ(wrong(0646, 02, Owner::kAny, me_),
            "key " + path + " can be changed by everybody (mode 0646): run: chmod 0644 " + path);
}

TEST_F(FileModesTest, WhatBelongsToOthersIsRefused) {
  const Identity other = identity_of(me_.user + 1, me_.group);
  const std::string path = (folder_ / "secret").string();
  const std::string text = wrong(0600, 07, Owner::kUser, other);
  EXPECT_THAT(text, HasSubstr("belongs to " + me_.name + ", not to " + other.name + ": run"));
  EXPECT_THAT(text, HasSubstr("run: chown " + std::to_string(other.user) + " " + path));
  EXPECT_EQ(wrong(0600, 07, Owner::kAny, other), "");
  if (me_.user == 0) EXPECT_EQ(wrong(0600, 07, Owner::kUserOrRoot, other), "");
}

TEST_F(FileModesTest, NothingIsToBeGivenToRoot) {
  ASSERT_EQ(::mkdir((folder_ / "data").c_str(), 0700), 0);
  const Identity root = identity_of(0, 0);
  const uid_t service = me_.user == 0 ? 65534 : me_.user;
  ASSERT_EQ(::chown((folder_ / "data").c_str(), service, static_cast<gid_t>(-1)), 0);
  const auto checked = check_file(FileRule("data_dir", folder_ / "data", 07, Owner::kUser), root);
  ASSERT_FALSE(checked);
  const std::string name = identity_of(service, 0).name;
  EXPECT_THAT(checked.error().detail,
              HasSubstr("run me as " + name + ", or set server.user = \"" + name + "\""));
  EXPECT_EQ(checked.error().detail.find("chown"), std::string::npos);
}

TEST_F(FileModesTest, WhatIsNotThereIsNotWrong) {
  EXPECT_TRUE(check_file(FileRule("key", folder_ / "none", 07, Owner::kUser), me_));
}

TEST_F(FileModesTest, MakesAFolderOfTheUsersOwn) {
  const auto path = folder_ / "above" / "data";
  ASSERT_TRUE(make_private_folder(path, me_));
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0700U);
  EXPECT_EQ(found.st_uid, me_.user);
  ::chmod(path.c_str(), 0750);
  ASSERT_TRUE(make_private_folder(path, me_));  // Left as it is when it is there.
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0750U);
  if (me_.user != 0) return;
  const auto nobody = find_identity("nobody", "");
  ASSERT_TRUE(make_private_folder(folder_ / "theirs", *nobody));
  ASSERT_EQ(::stat((folder_ / "theirs").c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, nobody->user);
}

TEST_F(FileModesTest, NewFilesAreTheOwnersAlone) {
  EXPECT_EQ(in_child([&] {
              ::umask(0);
              make_files_private();
              std::ofstream(folder_ / "new") << "x";
              struct stat found {};
              ::stat((folder_ / "new").c_str(), &found);
              return (found.st_mode & 0777U) == 0600 ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace restante::process
