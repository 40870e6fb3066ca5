#include "accounts/passwd_file/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "accounts/open.h"
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
    settings.report = [this](const Error& error) { reports.push_back(error.detail); };
  }

  std::unique_ptr<Directory> open() { return *open_directory(settings, clock); }
  std::string mistakes() {
    const auto opened = open_directory(settings, clock);
    return opened ? "" : opened.error().message();
  }
  /// Past the interval in which the files are not looked at.
  void a_second_later() { clock.advance(std::chrono::seconds(1)); }

  TempDir dir;
  ManualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
  BackendSettings settings;
  std::vector<std::string> reports;
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

TEST_F(PasswdFile, EveryMistakeHasItsPlace) {
  dir.write("users", "alice:{PLAIN}one\nALICE:{PLAIN}two\nbob\n\ncarol:{NOPE}x");
  dir.write("aliases", "team: alice\nteam: alice\nalice: team\n");
  const std::string users = (dir / "users").string();
  const std::string aliases = (dir / "aliases").string();
  const std::string found = mistakes();
  EXPECT_THAT(found, HasSubstr(users + ":2: second line for alice@x.test"));
  EXPECT_THAT(found, HasSubstr(users + ":3: no ':'"));
  EXPECT_THAT(found, HasSubstr(users + ":5: unknown password scheme"));
  EXPECT_THAT(found, HasSubstr(aliases + ":2: second line"));
  EXPECT_THAT(found, HasSubstr(aliases + ":3: there is an account"));
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 4);
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

TEST_F(PasswdFile, ChangesAreSeenWithinASecond) {
  const auto directory = open();
  dir.write("users", "alice:{PLAIN}changed\n");
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one") << "not looked at yet";
  clock.advance(std::chrono::milliseconds(999));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
  EXPECT_FALSE(directory->find("bob@y.test"));
  dir.write("aliases", "new: alice\n");
  a_second_later();
  EXPECT_TRUE(directory->find_alias("new@x.test"));
  EXPECT_FALSE(directory->find_alias("team@x.test"));
  EXPECT_THAT(reports, IsEmpty());
}

// An editor that writes a new file and renames it: same size, perhaps even the same time.
TEST_F(PasswdFile, AReplacedFileIsSeen) {
  const auto directory = open();
  const auto time = std::filesystem::last_write_time(dir / "users");
  dir.write("new", "alice:{PLAIN}ONE\n# comment\n\nbob@y.test:{PLAIN}two:1000:1000\n");
  std::filesystem::last_write_time(dir / "new", time);
  std::filesystem::rename(dir / "new", dir / "users");
  a_second_later();
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}ONE");
}

TEST_F(PasswdFile, AClockSetBackStopsNothing) {
  const auto directory = open();
  dir.write("users", "alice:{PLAIN}changed\n");
  clock.advance(-std::chrono::hours(24));
  EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}changed");
}

TEST_F(PasswdFile, ABrokenFileKeepsTheOldStateAndIsReportedOnce) {
  const auto directory = open();
  dir.write("users", "alice:{PLAIN}changed\nbroken\n");
  for (int i = 0; i < 3; ++i) {
    a_second_later();
    EXPECT_EQ(directory->find("alice@x.test")->secret, "{PLAIN}one");
  }
  EXPECT_THAT(reports, ElementsAre(HasSubstr("users:2: no ':'")));
  EXPECT_EQ(directory->reload().error().code, Errc::kSyntax);
  EXPECT_TRUE(directory->find("bob@y.test"));
  std::filesystem::remove(dir / "users");
  a_second_later();
  EXPECT_TRUE(directory->find("bob@y.test"));
  EXPECT_THAT(reports, SizeIs(2));
  dir.write("users", "carol:{PLAIN}three\n");
  a_second_later();
  EXPECT_TRUE(directory->find("carol@x.test"));
  EXPECT_FALSE(directory->find("alice@x.test"));
  EXPECT_THAT(reports, SizeIs(2));
}

// As a server has it: whoever notices goes on with the old state, and a thread reads the new one.
TEST_F(PasswdFile, AServerReadsElsewhere) {
  settings.read_elsewhere = true;
  const auto directory = open();
  for (int i = 0; i < 20; ++i) {
    dir.write("users", "alice:{PLAIN}" + std::string(static_cast<std::size_t>(i + 5), 'x') + "\n");
    a_second_later();
    while (directory->find("alice@x.test")->secret.size() != static_cast<std::size_t>(i + 12)) {
      std::this_thread::yield();
      a_second_later();
    }
  }
  dir.write("users", "broken\n");
  a_second_later();
  EXPECT_TRUE(directory->find("alice@x.test"));
}

TEST_F(PasswdFile, ExtraFieldsOfDovecotCount) {
  dir.write("users",
            "alice:{PLAIN}one:::::: userdb_quota_rule=*:storage=1G\n"
            "bob:{PLAIN}two::::::nologin\ncarol:{PLAIN}x::::::allow_nets=192.0.2.1\n");
  EXPECT_THAT(mistakes(), HasSubstr("users:3: allow_nets: is not known here"));
  dir.write("users",
            "alice:{PLAIN}one::::::userdb_quota_rule=*:storage=1G\nbob:{PLAIN}two::::::nologin\n");
  const auto directory = open();
  EXPECT_EQ(directory->find("alice@x.test")->allowance.quota_octets, 1ULL << 30);
  const Account bob = *directory->find("bob@x.test");
  EXPECT_TRUE(bob.enabled) << "mail is taken";
  EXPECT_FALSE(bob.may_log_in());
  EXPECT_EQ(bob.secret, "{PLAIN}two") << "to refuse the wrong ones at the same price";
}

TEST_F(PasswdFile, ReloadDoesNotWait) {
  const auto directory = open();
  dir.write("users", "alice:{PLAIN}changed\n");
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
  const std::vector<Error> refusals = {admin->add("carol", "{PLAIN}x").error(),
                                       admin->import({}).error(), admin->remove("alice").error(),
                                       admin->set_secret("alice", "{PLAIN}x").error(),
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

}  // namespace
}  // namespace restante::accounts
