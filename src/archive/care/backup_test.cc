#include "archive/care/backup.h"

#include "archive/care/restore.h"
#include "archive/database/absence.h"
#include "archive/database/catalog.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

TEST(BackupManifest, IsReadAsItWasWritten) {
  BackupManifest manifest;
  manifest.archive_id = std::string(32, 'a');
  manifest.made = 1795323600;
  manifest.serial = 7;
  manifest.stamp = "1/2 3/4 ";
  manifest.configuration = "/home/me/my mail.toml";
  manifest.state.push_back({"restante.db.7", 4096, std::string(64, 'b')});
  manifest.messages.push_back({false, "a name/with\nstrange % things", "cur/x y\n%41:2,FS"});
  manifest.messages.push_back({true, "home", "new/\xff\x01"});
  const auto again = parse_manifest(format_manifest(manifest), "F");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(format_manifest(*again), format_manifest(manifest));
  EXPECT_EQ(again->messages[0].account, manifest.messages[0].account);
  EXPECT_EQ(again->messages[0].name, manifest.messages[0].name);
  EXPECT_EQ(again->messages[0].stored().filename(), "x y\n%41");
  EXPECT_TRUE(again->messages[1].is_held);
  EXPECT_EQ(again->find_state("restante.db.")->bytes, 4096U);
  EXPECT_EQ(again->find_state("numbers."), nullptr);
}

TEST(BackupManifest, WhatWasCutOrChangedIsNone) {
  BackupManifest manifest;
  manifest.messages.push_back({false, "home", "new/x"});
  const std::string text = format_manifest(manifest);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_manifest(text.substr(0, size), "F")) << size;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(parse_manifest(changed, "F")) << at;
  }
}

TEST(BackupManifest, NoNameLeadsOutOfItsFolder) {
  for (const char* const name :
       {"new/../../x", "new/..", "new/", "tmp/x", "/etc/passwd", "new/a/b"}) {
    BackupManifest manifest;
    manifest.messages.push_back({false, "home", name});
    EXPECT_FALSE(parse_manifest(format_manifest(manifest), "F")) << name;
  }
  BackupManifest manifest;
  manifest.state.push_back({"../x", 1, std::string(64, 'b')});
  EXPECT_FALSE(parse_manifest(format_manifest(manifest), "F"));
}

class BackupTest : public ArchiveTest {
 protected:
  BackupTest() {
    Mailbox home = open();
    keep(home, {"Subject: one\r\n\r\nword\r\n", "Subject: two\r\n\r\nword\r\n"});
    write_file(maildir() / "cur" / "1.strange:2,S", "Subject: strange\n\nx\n");
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database && synchronize_all(*database, archive_.path(), clock_));
    EXPECT_TRUE(
        database->run("INSERT INTO uids (account, uid, first_seen, state) "
                      "VALUES ('home', 'u1', 1, 2)"));
  }
  BackedUp run(EarlierCopies earlier = EarlierCopies::kTrusted) {
    BackupOptions options;
    options.earlier = earlier;
    const auto done = back_up(archive_.path(), folder(), options, {});
    EXPECT_TRUE(done) << done.error().message();
    return done ? *done : BackedUp();
  }
  Path folder() const { return elsewhere_.path() / "backup"; }
  Path target() const { return elsewhere_.path() / "archive"; }
  BackupProof proof() {
    const auto proved = verify_backup(folder(), archive_.path(), {});
    EXPECT_TRUE(proved) << proved.error().message();
    return proved ? *proved : BackupProof();
  }

  /// Checksums of the messages that this program received.
  std::vector<std::string> maildir_sums() const {
    std::vector<std::string> sums;
    for (const std::string& name : sorted_names(maildir() / "new"))
      if (const auto parsed = parse_file_name(name)) sums.push_back(parsed->sha256);
    return sums;
  }
  void damage_copy_of(const std::string& sum) const {
    std::size_t damaged = 0;
    for (const auto& each : fs::recursive_directory_iterator(folder())) {
      if (each.path().filename().string().find(sum) == std::string::npos) continue;
      write_file(each.path(), "rotten");
      ++damaged;
    }
    EXPECT_EQ(damaged, 1U);
  }
  static Status note_seen(Database& database, const std::string& uid, const std::string& sum) {
    const std::string statement =
        "INSERT INTO uids (account, uid, first_seen, state, sha256, copy) VALUES ('home', '" + uid +
        "', 1, 2, '" + sum + "', 1)";
    return database.run(statement.c_str());
  }
  /// First columns of a statement's rows, with blanks between.
  static std::string rows(Database& database, const std::string& statement) {
    std::string all;
    auto query = database.prepare(statement);
    EXPECT_TRUE(query) << query.error().message();
    while (query && *query->step()) all += (all.empty() ? "" : " ") + std::string(query->text(0));
    return all;
  }

  TempFolder elsewhere_;
};

TEST_F(BackupTest, WhileTheArchiveIsWritten) {
  auto writer = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(writer);
  const auto transaction = writer->begin();
  ASSERT_TRUE(writer->run("UPDATE uids SET state = 5"));
  EXPECT_EQ(run().messages, 3U);
  EXPECT_TRUE(proof().is_whole());
  EXPECT_EQ(proof().not_here, 0U);
  const auto restored = restore(folder(), target(), 1, {});
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_EQ(restored->messages, 3U);
  auto database = Database::open(target(), Access::kWrite);
  ASSERT_TRUE(database) << database.error().message();
  auto query = database->prepare("SELECT state FROM uids");
  ASSERT_TRUE(query && *query->step());
  EXPECT_EQ(query->number(0), 2);
}

TEST_F(BackupTest, AChangedFileOfAnotherProgramIsCopiedAgain) {
  run();
  EXPECT_EQ(run().copied, 0U);
  write_file(maildir() / "cur" / "1.strange:2,S", "Subject: stranger\n\nx\n");
  EXPECT_EQ(run().copied, 1U);
}

TEST_F(BackupTest, AMessageThatIsRenamedIsNotCopiedAgain) {
  run();
  const Path file = *fs::directory_iterator(maildir() / "new");
  fs::rename(file, maildir() / "cur" / (file.filename().string() + ":2,FS"));
  EXPECT_EQ(run().copied, 0U);
  ASSERT_TRUE(restore(folder(), target(), 1, {}));
  EXPECT_TRUE(fs::exists(target() / "home" / "cur" / (file.filename().string() + ":2,FS")));
}

TEST_F(BackupTest, DamageInTheArchiveIsToldAndNoGoodCopyIsLostByIt) {
  run();
  const Path file = *fs::directory_iterator(maildir() / "new");
  write_file(file, "rotten");
  EXPECT_EQ(run(EarlierCopies::kRead).damaged, 0U);
  EXPECT_TRUE(proof().is_whole());
  fs::remove_all(folder());
  EXPECT_EQ(run().damaged, 1U);
  EXPECT_EQ(proof().damaged, 1U);
}

TEST_F(BackupTest, WhatCannotBeReadIsToldAndTheRestHasItsBackup) {
  fs::create_directory(maildir() / "cur" / "2.folder");
  const BackedUp done = run();
  EXPECT_EQ(done.messages, 3U);
  EXPECT_EQ(done.damaged, 1U);
  EXPECT_TRUE(proof().is_whole());
}

TEST_F(BackupTest, NamesMayBeAsLongAsTheFileSystemTakesThem) {
  write_file(maildir() / "cur" / std::string(255, 'n'), "Subject: long\r\n\r\n");
  EXPECT_EQ(run().damaged, 0U);
  EXPECT_TRUE(proof().is_whole());
}

TEST_F(BackupTest, ADamagedCopyOfTheDatabaseIsMadeAgain) {
  const BackedUp first = run();
  const Path copy = folder() / "state" / ("restante.db." + std::to_string(first.serial));
  std::string content = read_file(copy);
  content[content.size() / 2] ^= 1;
  write_file(copy, content);
  run(EarlierCopies::kRead);
  EXPECT_TRUE(proof().is_whole());
  for (const std::string& name : sorted_names(folder() / "state"))
    if (name.starts_with("restante.db.")) fs::remove(folder() / "state" / name);
  run();
  EXPECT_TRUE(proof().is_whole());
}

TEST_F(BackupTest, DamagedNumbersKeepNoMailBack) {
  auto database = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(database && keep_numbers(*database, archive_.path()));
  const BackedUp done = run();
  write_file(folder() / "state" / ("numbers." + std::to_string(done.serial)), "x");
  const auto restored = restore(folder(), target(), 1, {});
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_EQ(restored->messages, 3U);
  EXPECT_EQ(restored->damaged, 1U);
}

TEST_F(BackupTest, WhatIsDamagedThereIsGoneHereKeepsItsNumberAndIsFetchedAgain) {
  const auto sums = maildir_sums();
  ASSERT_EQ(sums.size(), 2U);
  {
    auto database = Database::open(archive_.path(), Access::kWrite);
    ASSERT_TRUE(database);
    for (const std::string& sum : sums) ASSERT_TRUE(note_seen(*database, "of " + sum, sum));
  }
  const auto number_of = [](const Path& archive, const std::string& sum) {
    auto database = Database::open(archive, Access::kWrite);
    return rows(*database, "SELECT id FROM messages WHERE sha256 = '" + sum + "'");
  };
  const std::string number = number_of(archive_.path(), sums[0]);
  run();
  damage_copy_of(sums[0]);
  ASSERT_TRUE(restore(folder(), target(), 1, {}));
  auto database = Database::open(target(), Access::kWrite);
  ASSERT_TRUE(database);
  EXPECT_EQ(*count_gone(*database), 1U);
  EXPECT_EQ(rows(*database, "SELECT uid FROM uids WHERE sha256 IS NOT NULL"), "of " + sums[1]);
  EXPECT_EQ(number_of(target(), sums[0]), number);
}

TEST_F(BackupTest, HeldMailThatIsDamagedThereIsFetchedAgain) {
  std::string sum;
  {
    auto database = Database::open(archive_.path(), Access::kWrite);
    ASSERT_TRUE(database);
    auto held = HeldMail::open(*database, archive_.path(), "home", Create::kYes, clock_);
    ASSERT_TRUE(held);
    auto incoming = held->begin();
    ASSERT_TRUE(incoming && (*incoming)->write("Subject: held\n\nx\n") && (*incoming)->finish());
    std::vector<std::unique_ptr<Incoming>> batch;
    batch.push_back(std::move(*incoming));
    const auto kept = held->keep(std::move(batch));
    ASSERT_TRUE(kept && held->note(kept->front()));
    sum = all_held(*database)->at(0).sha256;
    ASSERT_TRUE(note_seen(*database, "held", sum));
  }
  run();
  damage_copy_of(sum);
  ASSERT_TRUE(restore(folder(), target(), 1, {}));
  auto database = Database::open(target(), Access::kWrite);
  ASSERT_TRUE(database && synchronize_all(*database, target(), clock_) &&
              synchronize_held(*database, target(), clock_));
  EXPECT_EQ(rows(*database, "SELECT uid FROM uids"), "u1");
  EXPECT_TRUE(all_held(*database)->empty());
  EXPECT_EQ(*count_gone(*database), 0U);
}

TEST_F(BackupTest, ABackupThatVanishesUnderARestoreIsNoDamage) {
  run();
  BackupWatch watch;
  watch.on_damage = [](const std::string& line) { ADD_FAILURE() << line; };
  watch.progress = [&](std::uint64_t, std::uint64_t) {
    if (fs::exists(folder())) fs::rename(folder(), elsewhere_.path() / "away");
    return true;
  };
  EXPECT_FALSE(restore(folder(), target(), 1, watch));
  fs::rename(elsewhere_.path() / "away", folder());
  const auto restored = restore(folder(), target(), 1, {});
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_EQ(restored->messages, 3U);
  EXPECT_EQ(restored->damaged, 0U);
}

TEST_F(BackupTest, AKilledRestoreGoesOnWithTheSameBackupAlone) {
  run();
  BackupWatch killed;
  killed.progress = [](std::uint64_t, std::uint64_t) { return false; };
  EXPECT_EQ(restore(folder(), target(), 1, killed).error().code, Errc::kState);
  run();
  EXPECT_EQ(restore(folder(), target(), 1, {}).error().code, Errc::kExists);
}

TEST_F(BackupTest, AnotherArchiveIsRefused) {
  run();
  write_file(state_folder(archive_.path()) / "id", std::string(32, 'a') + "\n");
  run();
  write_file(state_folder(archive_.path()) / "id", std::string(32, 'b') + "\n");
  EXPECT_EQ(back_up(archive_.path(), folder(), {}, {}).error().code, Errc::kState);
}

TEST_F(BackupTest, AccountsOfARestoredArchiveArePausedUntilTheyAreResumed) {
  run();
  ASSERT_TRUE(restore(folder(), target(), 77, {}));
  auto database = Database::open(target(), Access::kWrite);
  ASSERT_TRUE(database);
  EXPECT_EQ(*paused_since(*database, "home"), 77);
  EXPECT_TRUE(*resume_account(*database, "home"));
  EXPECT_FALSE(*paused_since(*database, "home"));
  EXPECT_FALSE(*resume_account(*database, "home"));
  EXPECT_EQ(*paused_since(*database, "work"), 77);
  EXPECT_TRUE(*resume_account(*database, ""));
  EXPECT_FALSE(*paused_since(*database, "work"));
}

}  // namespace
}  // namespace restante::archive
