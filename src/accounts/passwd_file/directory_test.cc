#include "accounts/passwd_file/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "accounts/chain/open.h"
#include "accounts/passwd_file/contents.h"
#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PasswdFile : public testing::Test {
 protected:
  PasswdFile() {
    dir.write("users", "alice:{PLAIN}one\n# comment\n\nbob@y.test:{PLAIN}two:1000:1000\n");
    dir.write("aliases", "team: alice, bob@y.test\n@z.test: alice\n");
    settings.backend = Backend::kPasswdFile;
    settings.path = dir / "users";
    settings.aliases = dir / "aliases";
    settings.names = NameRules("x.test", true);
    settings.read = [this](const FileNews& file) { news.push_back(file); };
    settings.report = [this](const Error& error) { reports.push_back(error.detail); };
  }

  std::unique_ptr<Directory> open() { return *open_directory(settings, clock); }
  std::string mistakes() {
    const auto opened = open_directory(settings, clock);
    return opened ? "" : opened.error().message();
  }
  /// As others write it: beside it, then renamed.
  void replace(std::string_view name, std::string_view text) const {
    const std::string fresh = std::string(name) + ".new";
    dir.write(fresh, text);
    std::filesystem::rename(dir / fresh, dir / name);
  }
  /// The files have not been written for this long.
  void quiet() { clock.advance(std::chrono::seconds(5)); }
  Errc find_code(Directory& directory, std::string_view name) {
    const auto found = directory.find(name);
    return found ? Errc{} : found.error().code;
  }

  TempDir dir;
  ManualClock clock{system_clock().now()};
  BackendSettings settings;
  std::vector<std::string> reports;
  std::vector<FileNews> news;
};

TEST_F(PasswdFile, Finds) {
  const auto directory = open();
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
  EXPECT_EQ(directory->find("bob@y.test")->secret, "{PLAIN}two");
  EXPECT_EQ(directory->find("bob@x.test").error().code, Errc::kNotFound);
  EXPECT_THAT(*directory->find_alias("team@x.test"), ElementsAre("alice@x.test", "bob@y.test"));
  EXPECT_THAT(*directory->find_alias("@z.test"), ElementsAre("alice@x.test"));
  EXPECT_EQ(directory->find_alias("alice@x.test").error().code, Errc::kNotFound);
  for (const auto* domain : {"x.test", "y.test", "z.test"})
    EXPECT_TRUE(*directory->has_domain(domain)) << domain;
  EXPECT_FALSE(*directory->has_domain("test"));
}

TEST_F(PasswdFile, FindsByAnySpellingAndKeepsItsOwn) {
  dir.write("users",
            "info@b\u00fccher.test:{PLAIN}one\npost@xn--mller-kva.test:{PLAIN}two\n"
            "M\u00dcLLER:{PLAIN}three\n");
  dir.write("aliases", "b\u00fcro: info@xn--bcher-kva.test\n@f\u00fcr.test: M\u00dcLLER\n");
  const auto directory = open();
  EXPECT_EQ(directory->find("info@xn--bcher-kva.test").error().code, Errc::kNotFound);
  EXPECT_EQ(directory->find_alike("info@xn--bcher-kva.test")->name, "info@b\u00fccher.test");
  EXPECT_EQ(directory->find_alike("post@m\u00fcller.test")->secret, "{PLAIN}two");
  // The maildrop of the line above has always been named so.
  EXPECT_EQ(directory->find("m\u00dcller@x.test")->name, "m\u00dcller@x.test");
  EXPECT_EQ(directory->find_alike("m\u00fcller@x.test")->name, "m\u00dcller@x.test");
  EXPECT_TRUE(directory->find_alias_alike("b\u00dcro@x.test"));
  EXPECT_TRUE(directory->find_alias_alike("@xn--fr-xka.test"));
  EXPECT_TRUE(*directory->has_domain("xn--bcher-kva.test"));
  EXPECT_TRUE(*directory->has_domain("f\u00dcr.test"));
  EXPECT_TRUE(directory->spelling_clashes()->empty());
  EXPECT_EQ((*open_admin(settings, clock))->show("info@B\u00dcCHER.test")->name,
            "info@b\u00fccher.test");
}

TEST_F(PasswdFile, NamesThatAreOneAreTold) {
  dir.write("users", "m\u00fc:{PLAIN}one\nM\u00dc:{PLAIN}two\na@b\u00fccher.test:{PLAIN}x\n");
  dir.write("aliases", "a@xn--bcher-kva.test: m\u00fc\n");
  const auto directory = open();
  EXPECT_THAT(
      *directory->spelling_clashes(),
      testing::UnorderedElementsAre(SpellingClash("m\u00fc@x.test", "m\u00dc@x.test"),
                                    SpellingClash("a@xn--bcher-kva.test", "a@b\u00fccher.test")));
  EXPECT_EQ(directory->find_alike("mu\u0308@x.test")->secret, "{PLAIN}one");
  settings.names.fold_local_part = false;
  EXPECT_THAT(*open()->spelling_clashes(), SizeIs(1));
}

TEST_F(PasswdFile, AliasesAreOptional) {
  settings.aliases.clear();
  EXPECT_EQ(open()->find_alias("team@x.test").error().code, Errc::kNotFound);
}

TEST_F(PasswdFile, ALineThatCannotBeServedIsToldAndTheOthersAre) {
  dir.write("users", "alice:{PLAIN}one\nALICE:{PLAIN}two\nbob\n\ncarol:{NOPE}x\n");
  dir.write("aliases", "team: alice\nteam: alice\nalice: team\n");
  const auto directory = open();
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
  EXPECT_EQ(admit(*directory->find("carol@x.test"), "").error().code, Errc::kIo);
  ASSERT_THAT(news, SizeIs(2));
  const std::string users = (dir / "users").string();
  EXPECT_THAT(news[0].mistakes,
              ElementsAre(HasSubstr(users + ":2: second line for alice@x.test"),
                          HasSubstr(users + ":3: account bob@x.test: no ':'"),
                          HasSubstr(users + ":5: account carol@x.test: scheme NOPE cannot be")));
  EXPECT_EQ(news[0].what, "accounts");
  EXPECT_EQ(news[0].count, 3U);
  EXPECT_THAT(news[1].mistakes,
              ElementsAre(HasSubstr(":2: second line"), HasSubstr(":3: there is")));
}

TEST_F(PasswdFile, AFileWithoutAnyUseStartsNothing) {
  dir.write("users", "<html>\n");
  EXPECT_THAT(mistakes(), HasSubstr("users:1: "));
}

TEST_F(PasswdFile, MissingFilesAreNamed) {
  std::filesystem::remove(dir / "aliases");
  EXPECT_THAT(mistakes(), HasSubstr("aliases: No such file"));
  std::filesystem::remove(dir / "users");
  EXPECT_THAT(mistakes(), HasSubstr("users: No such file"));
  std::filesystem::create_directory(dir / "users");
  EXPECT_THAT(mistakes(), HasSubstr("users: Is a directory"));
}

TEST_F(PasswdFile, AnEmptyFileIsNoAccounts) {
  dir.write("users", "");
  dir.write("aliases", "");
  EXPECT_EQ(open()->find("alice@x.test").error().code, Errc::kNotFound);
}

TEST_F(PasswdFile, TheFirstQuestionAfterAChangeSeesIt) {
  const auto directory = open();
  EXPECT_FALSE(directory->is_behind());
  replace("users", "alice:{PLAIN}changed\ncarol:{PLAIN}new\n");
  EXPECT_TRUE(directory->is_behind());
  EXPECT_FALSE(directory->find_now("alice@x.test")) << "not on an event loop";
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
  EXPECT_FALSE(directory->is_behind());
  EXPECT_TRUE(directory->find_now("carol@x.test")->has_value());
  EXPECT_EQ(find_code(*directory, "bob@y.test"), Errc::kNotFound);
  replace("aliases", "new: alice\n");
  EXPECT_TRUE(directory->find_alias("new@x.test"));
  EXPECT_EQ(directory->find_alias("team@x.test").error().code, Errc::kNotFound);
  EXPECT_THAT(reports, IsEmpty());
  ASSERT_THAT(news, SizeIs(4)) << "each file at the start, each once more";
  EXPECT_EQ(news[2].path, dir / "users");
  EXPECT_EQ(news[2].count, 2U);
}

TEST_F(PasswdFile, WhoMustNotWaitIsAnsweredFromMemory) {
  const auto directory = open();
  const FromMemory here;
  replace("users", "carol:{PLAIN}new\n");
  EXPECT_TRUE(directory->find("alice@x.test"));
  EXPECT_TRUE(directory->find_now("alice@x.test")->has_value());
  EXPECT_TRUE(directory->is_behind());
}

// An editor that writes a new file and renames it: same size, perhaps even the same time.
TEST_F(PasswdFile, AReplacedFileIsSeen) {
  const auto directory = open();
  const auto time = std::filesystem::last_write_time(dir / "users");
  dir.write("new", "alice:{PLAIN}ONE\n# comment\n\nbob@y.test:{PLAIN}two:1000:1000\n");
  std::filesystem::last_write_time(dir / "new", time);
  std::filesystem::rename(dir / "new", dir / "users");
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}ONE");
}

TEST_F(PasswdFile, WhatIsWrittenInPlaceCountsAndWhoIsMissingMayStillCome) {
  const auto directory = open();
  dir.write("users", "alice:{PLAIN}changed\n");
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
  EXPECT_EQ(find_code(*directory, "bob@y.test"), Errc::kIo) << "never unknown";
  EXPECT_EQ(directory->has_domain("y.test").error().code, Errc::kIo);
  EXPECT_EQ(find_code(*directory, "team@x.test"), Errc::kNotFound) << "an alias stays one";
  EXPECT_TRUE(directory->find_alias("team@x.test"));
  dir.write("users", "alice:{PLAIN}changed\nbob@y.test:{PLAIN}two");
  EXPECT_EQ(find_code(*directory, "bob@y.test"), Errc::kIo) << "half a line is none";
  quiet();
  EXPECT_TRUE(directory->is_behind());
  EXPECT_EQ(directory->find("bob@y.test")->secret, "{PLAIN}two");
  EXPECT_EQ(find_code(*directory, "carol@x.test"), Errc::kNotFound);
  EXPECT_THAT(reports, IsEmpty());
  const auto began = std::count_if(news.begin(), news.end(),
                                   [](const FileNews& file) { return file.may_be_half; });
  EXPECT_EQ(began, 1) << "told once";
}

TEST_F(PasswdFile, AnAliasesFileIsReadAsCarefully) {
  const auto directory = open();
  dir.write("aliases", "other: alice\n");
  EXPECT_TRUE(directory->find_alias("other@x.test"));
  EXPECT_EQ(directory->find_alias("team@x.test").error().code, Errc::kIo);
  EXPECT_EQ(find_code(*directory, "team@x.test"), Errc::kNotFound) << "the accounts are whole";
  quiet();
  EXPECT_EQ(directory->find_alias("team@x.test").error().code, Errc::kNotFound);
  dir.write("aliases", "");
  EXPECT_TRUE(directory->find_alias("other@x.test"));
  EXPECT_EQ(directory->find_alias("team@x.test").error().code, Errc::kIo);
}

// Removed and made anew under its name, as some editors and cp --remove-destination do it.
TEST_F(PasswdFile, AFileThatIsMadeUnderItsNameMayBeHalf) {
  const auto directory = open();
  std::filesystem::remove(dir / "users");
  dir.write("users", "alice:{PLAIN}one\n");
  // Written after the folder was: ticks of the file system's clock are too coarse to wait for.
  const auto written = std::filesystem::last_write_time(dir / "users");
  std::filesystem::last_write_time(dir.path(), written - std::chrono::seconds(1));
  const files::Stamp stamp = files::stamp_if_there(dir / "users");
  ASSERT_EQ(stamp.changed_ns, stamp.modified_ns);
  EXPECT_EQ(find_code(*directory, "bob@y.test"), Errc::kIo);
  EXPECT_TRUE(directory->find("alice@x.test"));
}

TEST_F(PasswdFile, AStartMeetsAFileThatIsBeingWritten) {
  dir.write("users", "alice:{PLAIN}one\nbo");
  const auto directory = open();
  EXPECT_TRUE(directory->find("alice@x.test"));
  EXPECT_EQ(find_code(*directory, "bob@x.test"), Errc::kIo);
  quiet();
  EXPECT_EQ(find_code(*directory, "bob@x.test"), Errc::kNotFound);
}

TEST_F(PasswdFile, AClockSetBackStopsNothing) {
  const auto directory = open();
  replace("users", "alice:{PLAIN}changed\n");
  clock.advance(-std::chrono::hours(24));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
}

TEST_F(PasswdFile, AnEmptyOrUselessFileKeepsTheOldStateAndIsReportedOnce) {
  const auto directory = open();
  for (const std::string_view text : {"", "broken file\x01\n"}) {
    replace("users", text);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
      EXPECT_EQ(find_code(*directory, "carol@x.test"), Errc::kIo) << "never unknown";
      quiet();
    }
  }
  EXPECT_THAT(reports, ElementsAre(HasSubstr("has become empty"), HasSubstr("users:1: ")));
  EXPECT_EQ(directory->reload().error().code, Errc::kSyntax);
  EXPECT_TRUE(directory->find("bob@y.test"));
  EXPECT_THAT(reports, SizeIs(2)) << "a reload tells its caller";
  replace("users", "# nobody\n");
  EXPECT_EQ(find_code(*directory, "alice@x.test"), Errc::kNotFound);
}

TEST_F(PasswdFile, AFileThatIsGoneKeepsTheOldState) {
  const auto directory = open();
  std::filesystem::remove(dir / "users");
  EXPECT_TRUE(directory->find("bob@y.test"));
  EXPECT_EQ(find_code(*directory, "carol@x.test"), Errc::kIo);
  EXPECT_THAT(reports, ElementsAre(HasSubstr("No such file")));
  replace("users", "carol:{PLAIN}three\n");
  EXPECT_TRUE(directory->find("carol@x.test"));
  EXPECT_EQ(find_code(*directory, "alice@x.test"), Errc::kNotFound);
  EXPECT_THAT(reports, SizeIs(1));
}

// Many ask while one changes it: each is answered from what is there when it asks.
TEST_F(PasswdFile, ManyAskWhileItChanges) {
  const auto directory = open();
  std::atomic<std::size_t> written{3};
  std::atomic<int> older{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i)
    askers.emplace_back([&] {
      while (!done) {
        const std::size_t least = written;
        if (directory->find("alice@x.test")->secret.size() < least + 7) ++older;
      }
    });
  for (std::size_t length = 4; length < 40; ++length) {
    replace("users", "alice:{PLAIN}" + std::string(length, 'x') + "\n");
    written = length;
  }
  done = true;
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(older, 0);
}

TEST_F(PasswdFile, ExtraFieldsOfDovecotCount) {
  dir.write("users",
            "alice:{PLAIN}one:::::: userdb_quota_rule=*:storage=1G\n"
            "bob:{PLAIN}two::::::nologin\ncarol:{PLAIN}x::::::allow_nets=192.0.2.1\n"
            "dan:{PLAIN}x::::::deny\nfred:!\n");
  const auto directory = open();
  EXPECT_TRUE(directory->find("carol@x.test")->may_log_in("192.0.2.1"));
  EXPECT_FALSE(directory->find("carol@x.test")->may_log_in("192.0.2.2"));
  EXPECT_THAT(directory->find("dan@x.test")->fault, HasSubstr("deny"));
  EXPECT_EQ(admit(*directory->find("fred@x.test"), "").error().code, Errc::kAuth) << "locked";
  EXPECT_EQ(directory->find("alice@x.test")->allowance.quota_octets, 1ULL << 30);
  const Account bob = *directory->find("bob@x.test");
  EXPECT_TRUE(bob.enabled) << "mail is taken";
  EXPECT_FALSE(bob.may_log_in("192.0.2.1"));
  EXPECT_EQ(bob.secret, "{PLAIN}two") << "to refuse the wrong ones at the same price";
}

TEST_F(PasswdFile, ReloadReads) {
  const auto directory = open();
  replace("users", "alice:{PLAIN}changed\n");
  ASSERT_TRUE(directory->reload());
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
}

TEST_F(PasswdFile, AdminListsAndRefusesChanges) {
  const auto admin = *open_admin(settings, clock);
  const auto entries = admin->list();
  ASSERT_THAT(*entries, SizeIs(2));
  EXPECT_EQ((*entries)[0].name, "alice@x.test");
  EXPECT_EQ((*entries)[0].scheme, "PLAIN");
  EXPECT_FALSE((*entries)[0].created);
  EXPECT_EQ(admin->show("BOB@y.test")->name, "bob@y.test");
  EXPECT_EQ(admin->show("nobody").error().code, Errc::kNotFound);
  EXPECT_THAT(admin->list_aliases()->at(1).targets, ElementsAre("alice@x.test", "bob@y.test"));
  const std::vector<Error> refusals = {
      admin->add("carol", "{PLAIN}x").error(), admin->change_all({}, {}).error(),
      admin->remove("alice").error(), admin->set_secret("alice", "{PLAIN}x").error(),
      admin->set_enabled("alice", false).error()};
  for (const Error& refusal : refusals) {
    EXPECT_EQ(refusal.code, Errc::kState);
    EXPECT_THAT(refusal.detail, HasSubstr("edit " + (dir / "users").string()));
  }
  EXPECT_THAT(admin->add_alias("new", {"alice"}).error().detail,
              HasSubstr("edit " + (dir / "aliases").string()));
  EXPECT_EQ(admin->change_allowance("alice", [](Allowance&) {}).error().code, Errc::kState);
  EXPECT_EQ(admin->remove_alias("team").error().code, Errc::kState);
}

TEST_F(PasswdFile, ListsAreCutToARange) {
  const auto admin = *open_admin(settings, clock);
  const auto accounts_of = [&](const ListRange& range) {
    std::vector<std::string> found;
    EXPECT_TRUE(admin->list_each(range, [&](const AccountEntry& entry) {
      found.push_back(entry.name);
      return true;
    }));
    return found;
  };
  EXPECT_THAT(accounts_of({}), ElementsAre("alice@x.test", "bob@y.test"));
  EXPECT_THAT(accounts_of({"Y.test"}), ElementsAre("bob@y.test"));
  EXPECT_THAT(accounts_of({"", "alice@x.test"}), ElementsAre("bob@y.test"));
  EXPECT_THAT(accounts_of({"", "", 1}), ElementsAre("alice@x.test"));
  std::size_t aliases = 0;
  EXPECT_TRUE(admin->list_each_alias({}, [&](const AliasEntry&) { return ++aliases < 1; }));
  EXPECT_EQ(aliases, 1U) << "false ends it";
}

}  // namespace
}  // namespace restante::accounts
