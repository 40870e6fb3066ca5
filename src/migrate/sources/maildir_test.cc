#include "migrate/sources/maildir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace restante::migrate {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

class MaildirTest : public testing::Test {
 protected:
  MaildirTest() {
    std::string name = (fs::temp_directory_path() / "restante-maildir-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    for (const char* const part : {"cur", "new", "tmp"}) fs::create_directory(root_ / part);
    options_.folder = {root_, root_.native().rfind('/') + 1};
    options_.format = *UidlFormat::parse(kDefaultUidlFormat);
  }
  ~MaildirTest() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name, std::ios::binary) << text;
    const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    ::utimensat(AT_FDCWD, (root_ / name).c_str(), times, 0);
  }
  /// "uid place", in order.
  std::vector<std::string> list() {
    maildir_ = std::make_unique<Maildir>(options_);
    auto listing = maildir_->list();
    if (!listing) return {"!" + listing.error().message()};
    listing_ = *std::move(listing);
    std::vector<std::string> out;
    for (const Item& item : listing_.items) out.push_back(item.uid + " " + item.place);
    return out;
  }
  std::string read(std::size_t index) {
    std::string wire;
    const Status status = maildir_->read(listing_.items.at(index), wire);
    return status ? wire : "!" + std::string(to_string(status.error().code));
  }

  fs::path root_;
  MaildirOptions options_;
  std::unique_ptr<Maildir> maildir_;
  Listing listing_;
};

TEST_F(MaildirTest, GivesDovecotsIdsInDovecotsOrder) {
  put("dovecot-uidlist",
      "3 V1234567 N10 G88\n1 O3 Pabc W100 :12.a\n2 O1 P :13.b\n5 Gguid5 :14.c\n7 :11.d\n");
  for (const char* const name :
       {"cur/12.a:2,S", "cur/13.b:2,", "new/14.c", "cur/11.d:2,", "new/9.e"})
    put(name, "A: b\n\n");
  EXPECT_THAT(list(),
              ElementsAre("13.b cur/13.b:2,", "abc cur/12.a:2,S", "000000050012d687 new/14.c",
                          "000000070012d687 cur/11.d:2,", " new/9.e"));
  EXPECT_EQ(listing_.ids, "dovecot-uidlist, %08Xu%08Xv");
  EXPECT_EQ(listing_.items[1].octets, 100U);
  EXPECT_EQ(listing_.items[4].own_uid, "9.e");
  EXPECT_EQ(listing_.items[0].arrived, WallTime(std::chrono::seconds(1'000'000'000)));
  options_.format = *UidlFormat::parse("%g");
  EXPECT_THAT(list(), ElementsAre("13.b cur/13.b:2,", "abc cur/12.a:2,S", "guid5 new/14.c",
                                  "11.d cur/11.d:2,", "9.e new/9.e"));
}

TEST_F(MaildirTest, GivesCouriersIds) {
  put("courierpop3dsizelist", "/3 5 77\n2.a:2, 100 4:77:0\n");
  for (const char* const name : {"cur/10.b:2,S", "cur/2.a:2,S"}) put(name, "A: b\n\n");
  EXPECT_THAT(list(), ElementsAre("UID4-77 cur/2.a:2,S", " cur/10.b:2,S"));
}

TEST_F(MaildirTest, TakesTheYoungerList) {
  put("courierpop3dsizelist", "/3 5 77\n2.a:2, 100 4:77:0\n");
  put("dovecot-uidlist", "3 V1 N10\n1 :2.a\n");
  put("cur/2.a:2,S", "A: b\n\n");
  fs::last_write_time(root_ / "courierpop3dsizelist", fs::file_time_type::clock::now());
  EXPECT_THAT(list(), ElementsAre("UID4-77 cur/2.a:2,S"));
  options_.ids = MaildirIds::kDovecot;
  EXPECT_THAT(list(), ElementsAre("0000000100000001 cur/2.a:2,S"));
  options_.ids = MaildirIds::kNames;
  EXPECT_THAT(list(), ElementsAre("2.a cur/2.a:2,S"));
}

TEST_F(MaildirTest, GivesNamesWhereThereIsNoList) {
  for (const char* const name : {"cur/10.b:2,S", "new/2.a", "new/.hidden"}) put(name, "A: b\n\n");
  EXPECT_THAT(list(), ElementsAre("2.a new/2.a", "10.b cur/10.b:2,S"));
}

TEST_F(MaildirTest, FindsListsElsewhere) {
  fs::create_directory(root_ / "control");
  put("control/dovecot-uidlist", "3 V1 N10\n1 :2.a\n");
  put("cur/2.a:2,S", "A: b\n\n");
  options_.control = {root_ / "control", root_.native().size()};
  EXPECT_THAT(list(), ElementsAre("0000000100000001 cur/2.a:2,S"));
}

TEST_F(MaildirTest, ReadsAMessageWhoseFlagsHaveChanged) {
  put("new/2.a", "A: b\n\n.x");
  ASSERT_THAT(list(), ElementsAre("2.a new/2.a"));
  fs::rename(root_ / "new/2.a", root_ / "cur/2.a:2,S");
  EXPECT_EQ(read(0), "A: b\r\n\r\n..x\r\n");
  fs::remove(root_ / "cur/2.a:2,S");
  EXPECT_EQ(read(0), "!not found");
}

/// The owner of a Maildir may put anything into it; this reads with more rights than the owner's.
TEST_F(MaildirTest, FollowsNoLinkAndOpensNoPipe) {
  put("secret", "root:x:0\n");
  fs::create_symlink(root_ / "secret", root_ / "cur/1.link:2,S");
  ASSERT_EQ(::mkfifo((root_ / "cur/2.pipe:2,S").c_str(), 0600), 0);
  fs::create_directory(root_ / "cur/3.folder:2,S");
  EXPECT_THAT(list(), ElementsAre());
  EXPECT_EQ(listing_.skipped.size(), 3U);
  put("new/4.a", "A: b\n\n");
  ASSERT_THAT(list(), ElementsAre("4.a new/4.a"));
  fs::remove(root_ / "new/4.a");
  fs::create_symlink(root_ / "secret", root_ / "new/4.a");
  EXPECT_EQ(read(0), "!not found");
  fs::create_symlink(root_ / "secret", root_ / "dovecot-uidlist");
  EXPECT_THAT(list(), ElementsAre(testing::StartsWith("!syntax")));
}

/// Its owner could make the mailbox a link to another user's.
TEST_F(MaildirTest, FollowsNoLinkToAMailbox) {
  fs::create_directories(root_ / "home/alice");
  fs::create_directory_symlink(root_, root_ / "home/alice/Maildir");
  options_.folder = {root_ / "home/alice/Maildir", (root_ / "home/").native().size()};
  EXPECT_THAT(list(), ElementsAre(testing::StartsWith("!syntax")));
  fs::create_directory_symlink(root_ / "home", root_ / "homes");
  fs::remove(root_ / "home/alice/Maildir");
  for (const char* const part : {"cur", "new"})
    fs::create_directories(root_ / "home/alice/Maildir" / part);
  options_.folder = {root_ / "homes/alice/Maildir", (root_ / "homes/").native().size()};
  EXPECT_THAT(list(), ElementsAre());
}

TEST_F(MaildirTest, CountsOtherFolders) {
  for (const char* const folder : {".Sent/cur", ".Sent/new", ".Empty/cur", ".Empty/new", "x"})
    fs::create_directories(root_ / folder);
  put(".Sent/cur/1.a:2,S", "A: b\n\n");
  put(".Sent/new/2.a", "A: b\n\n");
  static_cast<void>(list());
  ASSERT_EQ(listing_.folders.size(), 1U);
  EXPECT_EQ(listing_.folders[0].name, ".Sent");
  EXPECT_EQ(listing_.folders[0].messages, 2U);
}

TEST_F(MaildirTest, NamesWhatIsCompressed) {
  put("new/2.a", "\x1F\x8B\x08xyz");
  ASSERT_THAT(list(), ElementsAre("2.a new/2.a"));
  EXPECT_EQ(read(0), "!syntax");
}

TEST_F(MaildirTest, RefusesWhatIsNone) {
  fs::remove_all(root_ / "cur");
  EXPECT_THAT(list(), ElementsAre(testing::StartsWith("!not found")));
  options_.folder.text = root_ / "absent";
  EXPECT_THAT(list(), ElementsAre(testing::StartsWith("!not found")));
}

TEST_F(MaildirTest, RefusesAFormatOfMbox) {
  put("dovecot-uidlist", "3 V1 N10\n");
  options_.format = *UidlFormat::parse("%m");
  EXPECT_THAT(list(), ElementsAre(testing::StartsWith("!syntax")));
}

}  // namespace
}  // namespace restante::migrate
