#include "maildrop/log/backup/backup.h"

#include <gmock/gmock.h>

#include <atomic>

#include "disk/memory.h"
#include "maildrop/log/backup/restore.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/log/test_support.h"

namespace restante::backup {
namespace {

using maildrop::log::kAccount;
using maildrop::log::log_paths;
using maildrop::log::TestStore;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kOther = "bob@example.test";

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() : store_(disk_) {
    for (int i = 1; i <= 3; ++i) deliver(i);
    deliver(1, kOther);
    disk_.set_content("/users", "alice:{PLAIN}x\n");
  }

  void deliver(int i, const std::string& account = kAccount) {
    const std::string text = "Subject: " + std::to_string(i) + "\r\n\r\n" + std::string(500, 'x');
    ASSERT_TRUE(store_.deliver(text + "\r\n", account));
  }
  BackupRequest request(BackupMode mode, const std::string& folder = "/backup") {
    BackupRequest made(disk_, "/data", folder);
    made.mode = mode;
    made.extras.push_back({FileKind::kAccounts, "accounts/users", [this](const std::string& path) {
                             const std::string text = *disk_.content("/users");
                             const auto file = disk_.open(path, disk::OpenMode::kReadWrite);
                             if (!file) return Status(file.error());
                             const std::array<ByteView, 1> pieces = {as_bytes(text)};
                             return (*file)->write(0, pieces);
                           }});
    return made;
  }
  Result<BackupReport> backup(BackupMode mode, const std::string& folder = "/backup") {
    return make_backup(request(mode, folder));
  }
  VerifyReport verify(const std::string& folder = "/backup") {
    auto report = verify_backup(disk_, folder, {}, {});
    EXPECT_TRUE(report) << report.error().message();
    return report ? std::move(*report) : VerifyReport();
  }
  void expect_sound(const std::string& folder = "/backup") {
    const VerifyReport report = verify(folder);
    EXPECT_THAT(report.problems, IsEmpty()) << report.problems[0].what;
    EXPECT_THAT(report.copied_damage, IsEmpty());
  }
  Result<RestoreReport> restore(const std::string& target, const std::string& folder = "/backup") {
    (void)disk_.create_directory(target);
    RestoreRequest made(disk_, folder, target);
    made.place_of = [&](const auto&) { return target + "/users"; };
    return restore_backup(made);
  }
  /// What a data directory's maildrop holds: texts and unique ids.
  std::vector<std::string> mail(const std::string& root, const std::string& account = kAccount) {
    TestStore store(disk_, root);
    std::vector<std::string> out = store.texts(account);
    const auto session = store.open(account);
    for (std::uint32_t i = 1; session && i <= (*session)->count(); ++i)
      out.push_back(TestStore::uid(**session, i));
    return out;
  }
  std::string log_of(const std::string& root, const std::string& account = kAccount) {
    return *disk_.content(log_paths(root, account).log);
  }
  std::string stored(const std::string& account = kAccount) {
    const auto manifest = load_manifest(disk_, "/backup");
    for (const FileEntry& file : manifest->files)
      if ("/data/" + file.name == log_paths("/data", account).log) return "/backup/" + file.stored;
    return "";
  }
  void flip(const std::string& path, std::size_t at) {
    std::string bytes = *disk_.content(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    disk_.set_content(path, bytes);
  }

  disk::MemoryDisk disk_;
  TestStore store_;
};

TEST_F(BackupTest, RestoresEveryByteAndUniqueId) {
  const auto report = backup(BackupMode::kFull);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->serial, 1U);
  EXPECT_EQ(report->files, 3U);
  EXPECT_EQ(report->bytes, report->copied);
  EXPECT_THAT(report->notes, IsEmpty());
  EXPECT_EQ(verify().messages, 4U);
  const auto restored = restore("/again");
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_EQ(restored->files, 3U);
  EXPECT_EQ(log_of("/again"), log_of("/data"));
  EXPECT_EQ(log_of("/again", kOther), log_of("/data", kOther));
  EXPECT_EQ(mail("/again"), mail("/data"));
  EXPECT_EQ(*disk_.content("/again/users"), *disk_.content("/users"));
  EXPECT_FALSE(disk_.content("/again/restore.unfinished"));
}

// 88,000 maildrops a night, of which few have changed: each used to cost a sync.
TEST_F(BackupTest, WhereNothingIsNewNothingIsSyncedOrLocked) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  const auto held = *disk_.open(log_paths("/data", kAccount).log, disk::OpenMode::kReadWrite);
  ASSERT_TRUE(held->try_lock(maildrop::log::kAppendLockAt, 1));
  const std::uint64_t before = disk_.syncs();
  const auto report = backup(BackupMode::kIncremental);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->copied, 0U);
  EXPECT_EQ(disk_.syncs() - before, 2U) << "the accounts' copy and the manifest";
  expect_sound();
}

TEST_F(BackupTest, OneThatWasCutShortGoesOn) {
  for (int i = 0; i < 10; ++i) deliver(i, "user" + std::to_string(i) + "@example.test");
  for (const BackupMode mode : {BackupMode::kFull, BackupMode::kIncremental}) {
    const std::string folder = mode == BackupMode::kFull ? "/one" : "/two";
    std::uint64_t copied = 0;
    BackupRequest cut = request(mode, folder);
    cut.pace = [&](std::uint64_t bytes) { return (copied += bytes) < 4'000; };
    EXPECT_EQ(make_backup(cut).error().code, Errc::kClosed);
    deliver(99, "user0@example.test");
    const auto report = backup(mode, folder);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->serial, 1U);
    EXPECT_LT(report->copied + 2'000, report->bytes) << "what was copied is not copied again";
    expect_sound(folder);
    const auto names = disk_.list(folder);
    EXPECT_THAT(*names, ::testing::Not(Contains("MANIFEST.under-way")));
    ASSERT_TRUE(restore(folder + "-again", folder));
    for (int i = 0; i < 10; ++i) {
      const std::string account = "user" + std::to_string(i) + "@example.test";
      EXPECT_EQ(log_of(folder + "-again", account), log_of("/data", account));
    }
  }
}

TEST_F(BackupTest, AFullOneGoesOnWithItsOwnCopiesAlone) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  deliver(50);
  deliver(50, kOther);
  BackupRequest cut = request(BackupMode::kIncremental);
  std::uint64_t seen = 0;
  cut.pace = [&](std::uint64_t bytes) { return (seen += bytes) < 1'000; };  // One of the two.
  EXPECT_EQ(make_backup(cut).error().code, Errc::kClosed);
  const auto report = backup(BackupMode::kFull);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->copied, report->bytes);
  EXPECT_THAT(stored(), HasSubstr(".log.2"));
  expect_sound();
}

TEST_F(BackupTest, SeveralThreadsMakeTheSameBackup) {
  for (int i = 0; i < 40; ++i) deliver(i, "user" + std::to_string(i) + "@example.test");
  BackupRequest alone = request(BackupMode::kFull, "/one");
  BackupRequest together = request(BackupMode::kFull, "/two");
  together.threads = 8;
  ASSERT_TRUE(make_backup(alone));
  ASSERT_TRUE(make_backup(together));
  EXPECT_EQ(encode(*load_manifest(disk_, "/one")), encode(*load_manifest(disk_, "/two")));
  expect_sound("/two");
  std::atomic<int> asked = 0;
  together.folder = "/three";
  together.pace = [&](std::uint64_t) { return ++asked < 20; };
  EXPECT_EQ(make_backup(together).error().code, Errc::kClosed);
}

TEST_F(BackupTest, IncrementalEqualsFull) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  for (int round = 0; round < 40; ++round) {
    deliver(10 + round);
    const auto report = backup(BackupMode::kIncremental);
    ASSERT_TRUE(report) << report.error().message();
    const bool whole = report->copied > log_of("/data").size() / 2;
    EXPECT_EQ(whole, round == 31) << "many parts are made one again: " << round;
    expect_sound();
  }
  ASSERT_TRUE(backup(BackupMode::kFull, "/full"));
  ASSERT_TRUE(restore("/one"));
  ASSERT_TRUE(restore("/two", "/full"));
  EXPECT_EQ(log_of("/one"), log_of("/data"));
  EXPECT_EQ(log_of("/one"), log_of("/two"));
  EXPECT_EQ(mail("/one"), mail("/data"));
}

TEST_F(BackupTest, NothingNewCopiesNothing) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  const auto report = backup(BackupMode::kIncremental);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->copied, 0U);
  EXPECT_EQ(report->serial, 2U);
  expect_sound();
}

TEST_F(BackupTest, OneOfADataDirThatIsGoneTakesNothingOver) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  auto late = request(BackupMode::kFull);
  late.data_dir = "/empty";
  ASSERT_TRUE(disk_.create_directory("/empty"));
  late.still_there = [] { return Error(Errc::kIo, "gone"); };
  ASSERT_FALSE(make_backup(late));
  expect_sound();
  ASSERT_TRUE(restore("/restored"));
  EXPECT_EQ(mail("/restored"), mail("/data"));
}

TEST_F(BackupTest, ALogThatWasReplacedIsCopiedWhole) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  // The same bytes and more in another file: what a rewriting could look like.
  deliver(4);
  const std::string path = log_paths("/data", kAccount).log;
  disk_.set_content("/data/new", *disk_.content(path));
  ASSERT_TRUE(disk_.rename("/data/new", path));
  auto report = backup(BackupMode::kIncremental);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->copied, log_of("/data").size());
  expect_sound();
  // The same file with other content.
  std::string bytes = *disk_.content(log_paths("/data", kOther).log);
  bytes.resize(maildrop::log::records_start(kOther));
  disk_.set_content(log_paths("/data", kOther).log, bytes);
  store_.reopen();
  deliver(8, kOther);
  deliver(9, kOther);
  report = backup(BackupMode::kIncremental);
  ASSERT_TRUE(report);
  ASSERT_TRUE(restore("/again"));
  EXPECT_EQ(log_of("/again", kOther), log_of("/data", kOther));
}

TEST_F(BackupTest, RemovesOldFilesButNothingElse) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  const std::string first = stored();
  ASSERT_TRUE(backup(BackupMode::kFull));
  EXPECT_NE(stored(), first);
  EXPECT_FALSE(disk_.content(first));
  disk_.set_content("/backup/maildrops/notes.txt", "mine");
  ASSERT_TRUE(backup(BackupMode::kFull));
  EXPECT_TRUE(disk_.content("/backup/maildrops/notes.txt"));
}

TEST_F(BackupTest, RefusesAFolderOfOtherThings) {
  ASSERT_TRUE(disk_.create_directory("/backup"));
  disk_.set_content("/backup/thesis.tex", "mine");
  const auto report = backup(BackupMode::kFull);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kExists);
}

TEST_F(BackupTest, OneAtATime) {
  BackupRequest outer = request(BackupMode::kFull);
  bool tried = false;
  outer.pace = [&](std::uint64_t) {
    if (!tried) {
      tried = true;
      const auto inner = backup(BackupMode::kFull);
      EXPECT_FALSE(inner);
      if (!inner) EXPECT_EQ(inner.error().code, Errc::kBusy);
    }
    return true;
  };
  ASSERT_TRUE(make_backup(outer));
  EXPECT_TRUE(tried);
}

TEST_F(BackupTest, DeliveriesGoOnMeanwhile) {
  BackupRequest made = request(BackupMode::kFull);
  int next = 4;
  made.pace = [&](std::uint64_t) {
    deliver(next++);
    return true;
  };
  ASSERT_TRUE(make_backup(made));
  ASSERT_GT(next, 4);
  expect_sound();
  ASSERT_TRUE(restore("/again"));
  EXPECT_TRUE(log_of("/data").starts_with(log_of("/again")));
}

TEST_F(BackupTest, StoppedLeavesTheOneBefore) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  deliver(4);
  BackupRequest made = request(BackupMode::kIncremental);
  made.pace = [](std::uint64_t) { return false; };
  const auto report = make_backup(made);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kClosed);
  EXPECT_EQ(load_manifest(disk_, "/backup")->serial, 1U);
  expect_sound();
}

TEST_F(BackupTest, ATornEndIsLeftOutAndTold) {
  const std::string good = log_of("/data");
  disk_.set_content(log_paths("/data", kAccount).log, good + "torn by a crash");
  auto report = backup(BackupMode::kFull);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->notes, SizeIs(1));
  EXPECT_EQ(report->notes[0].torn, 15U);
  expect_sound();
  // Recovery cuts it and a delivery takes its place: the copy goes on with what is true now.
  store_.reopen();
  deliver(4);
  report = backup(BackupMode::kIncremental);
  ASSERT_TRUE(report);
  EXPECT_THAT(report->notes, IsEmpty());
  ASSERT_TRUE(restore("/again"));
  EXPECT_EQ(log_of("/again"), log_of("/data"));
  const std::string aside = log_paths("/again", kAccount).aside;
  EXPECT_EQ(*disk_.content(aside), *disk_.content(log_paths("/data", kAccount).aside));
}

TEST_F(BackupTest, DamageInTheSourceIsCopiedAndTold) {
  const std::string path = log_paths("/data", kAccount).log;
  flip(path, log_of("/data").find("Subject: 2"));
  const auto report = backup(BackupMode::kFull);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->notes, SizeIs(1));
  EXPECT_EQ(report->notes[0].damaged, 1U);
  const VerifyReport verified = verify();
  EXPECT_THAT(verified.problems, IsEmpty());
  ASSERT_THAT(verified.copied_damage, SizeIs(1));
  EXPECT_THAT(verified.copied_damage[0].what, HasSubstr("message 2"));
  ASSERT_TRUE(restore("/again"));
  EXPECT_EQ(log_of("/again"), log_of("/data"));
}

TEST_F(BackupTest, ALogWithoutAHeaderIsKeptAsItIs) {
  const std::string path = log_paths("/data", kAccount).log;
  std::string bytes = log_of("/data");
  bytes.replace(0, maildrop::log::records_start(kAccount), 200, '!');
  disk_.set_content(path, bytes);
  const auto report = backup(BackupMode::kFull);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->notes, SizeIs(1));
  ASSERT_TRUE(restore("/again"));
  EXPECT_EQ(log_of("/again"), bytes);
}

TEST_F(BackupTest, EveryFlippedBitInABackupIsFound) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  deliver(4);
  ASSERT_TRUE(backup(BackupMode::kIncremental));
  for (const std::string& path : {stored(), std::string("/backup/accounts/users.1")}) {
    const std::string good = *disk_.content(path);
    for (std::size_t at = 0; at < good.size(); ++at) {
      flip(path, at);
      EXPECT_THAT(verify().problems, ::testing::Not(IsEmpty())) << path << ' ' << at;
      flip(path, at);
    }
    disk_.set_content(path, good.substr(0, good.size() - 1));
    EXPECT_THAT(verify().problems, SizeIs(1));
    ASSERT_TRUE(disk_.remove(path));
    ASSERT_THAT(verify().problems, SizeIs(1));
    EXPECT_THAT(verify().problems[0].what, HasSubstr("missing"));
    disk_.set_content(path, good + "what lies behind does not count");
  }
  expect_sound();
  flip("/backup/MANIFEST", 30);
  const auto broken = verify_backup(disk_, "/backup", {}, {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::kCorrupt);
  EXPECT_FALSE(backup(BackupMode::kFull)) << "it may be the only one: not written over";
}

TEST_F(BackupTest, ADamagedBackupIsRestoredOnlyWhenAsked) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  flip(stored(), disk_.content(stored())->find("Subject: 2"));
  auto restored = restore("/again");
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, Errc::kCorrupt);
  EXPECT_THAT(*disk_.list("/again"), IsEmpty());
  RestoreRequest made(disk_, "/backup", "/again");
  made.despite_damage = true;
  restored = restore_backup(made);
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_THAT(mail("/again"), Contains("!corrupt"));
  EXPECT_THAT(restored->skipped, Contains("accounts/users"));
}

TEST_F(BackupTest, RestoresOnlyIntoAnEmptyDirectory) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  const std::string before = log_of("/data");
  const auto restored = restore("/data");
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, Errc::kExists);
  ASSERT_TRUE(disk_.create_directory("/again"));
  disk_.set_content("/again/restanted.lock", "");
  EXPECT_FALSE(restore("/again"));
  RestoreRequest made(disk_, "/backup", "/again");
  made.allowed = {"restanted.lock"};
  EXPECT_TRUE(restore_backup(made));
}

TEST_F(BackupTest, ARestoreNeverOverwritesWhatLiesOutside) {
  ASSERT_TRUE(backup(BackupMode::kFull));
  ASSERT_TRUE(disk_.create_directory("/again"));
  RestoreRequest made(disk_, "/backup", "/again");
  made.place_of = [](const auto&) { return std::string("/users"); };
  const auto restored = restore_backup(made);
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, Errc::kExists);
}

TEST_F(BackupTest, NoBackupThere) {
  EXPECT_EQ(verify_backup(disk_, "/backup", {}, {}).error().code, Errc::kNotFound);
  EXPECT_EQ(restore("/again").error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::backup
