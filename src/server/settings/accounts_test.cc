#include "accounts/chain/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/settings/parse.h"

namespace restante::settings {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LoadResult load(const std::string& text) {
  return parse("data_dir = \"/d\"\n" + text, "f", "/etc/restante", Purpose::kTools);
}

constexpr const char* kLdap =
    "backend = \"ldap\"\nuri = \"ldap://127.0.0.1\"\nbase = \"dc=x\"\nfilter = \"(mail={name})\"\n";
constexpr const char* kPostgresql =
    "backend = \"postgresql\"\nconnection = \"dbname=mail\"\naccount_query = \"\"\"\nSELECT "
    "1\"\"\"\n";

TEST(AccountsRules, SeveralBackEndsInOrder) {
  const LoadResult result =
      load("[accounts]\ndefault_domain = \"x.test\"\ncache_time = \"0s\"\n[[accounts.next]]\n" +
           std::string(kLdap) + "password = \"secret\"\n[[accounts.next]]\n" + kPostgresql +
           "timeout = \"9s\"\n[[accounts.next]]\nbackend = \"pam\"\nusers = \"names\"\n");
  ASSERT_THAT(result.mistakes, IsEmpty());
  const accounts::Settings& accounts = result.config->accounts;
  EXPECT_EQ(accounts.backend, accounts::Backend::kSqlite);
  EXPECT_EQ(accounts.path, "/d/accounts.db");
  EXPECT_EQ(accounts.cache_time.count(), 0);
  ASSERT_EQ(accounts.next.size(), 3U);
  EXPECT_EQ(accounts.next[0].backend, accounts::Backend::kLdap);
  EXPECT_EQ(accounts.next[0].ldap.filter, "(mail={name})");
  EXPECT_EQ(accounts.next[0].ldap.password_by, accounts::ldap::PasswordBy::kSecret);
  EXPECT_EQ(accounts.next[1].postgresql.account_query, "SELECT 1");
  EXPECT_EQ(accounts.next[1].postgresql.timeout, std::chrono::seconds(9));
  EXPECT_EQ(accounts.next[2].pam.users, "/etc/restante/names");
  EXPECT_EQ(accounts::local_back_end(accounts), &accounts);
}

TEST(AccountsRules, TheFirstLocalOneIsManaged) {
  const LoadResult result =
      load("[accounts]\n" + std::string(kLdap) + "[[accounts.next]]\nbackend = \"sqlite\"\n");
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_EQ(accounts::local_back_end(result.config->accounts), &result.config->accounts.next[0]);
  EXPECT_EQ(result.config->accounts.next[0].path, "/d/accounts.db");
  const LoadResult elsewhere = load("[accounts]\n" + std::string(kLdap));
  EXPECT_EQ(accounts::local_back_end(elsewhere.config->accounts), nullptr);
}

TEST(AccountsRules, WhereTheSettingsOfAccountsAre) {
  const std::string ldap = "[accounts]\n" + std::string(kLdap);
  const std::string postgresql = "[accounts]\n" + std::string(kPostgresql);
  const std::string here = "settings = \"postgresql\"\n";
  EXPECT_EQ(load("").config->accounts.own.path, "/d/accounts.db");
  EXPECT_EQ(load(ldap).config->accounts.own.path, "/d/accounts.db");
  EXPECT_EQ(load(ldap).config->accounts.own.kind, accounts::SettingsPlace::Kind::kSqlite);
  const std::string beside = "[[accounts.next]]\nbackend = \"sqlite\"\npath = \"/e/own.db\"\n";
  EXPECT_EQ(load(ldap + beside).config->accounts.own.path, "/e/own.db");
  EXPECT_EQ(load(postgresql + here).config->accounts.own.postgresql.connection, "dbname=mail");
  EXPECT_EQ(load(ldap + here + "settings_connection = \"dbname=own\"\n")
                .config->accounts.own.postgresql.connection,
            "dbname=own");
  EXPECT_THAT(load(ldap + here).mistakes,
              ElementsAre("f:7: accounts.settings_connection: is missing; settings \"postgresql\" "
                          "needs it where no back end has a connection"));
  EXPECT_THAT(load(ldap + "settings_connection = \"dbname=own\"\n").mistakes,
              ElementsAre("f:7: accounts.settings_connection: goes with settings = "
                          "\"postgresql\""));
  EXPECT_THAT(load("[accounts]\nsettings_connection = \"dbname=own\"\n" + here).mistakes,
              ElementsAre("f:4: accounts.settings: \"postgresql\" goes without backend \"sqlite\", "
                          "whose accounts have their settings beside them"));
}

TEST(AccountsRules, SaysWhatIsMissingOrOutOfPlace) {
  const auto mistakes = [](const std::string& text) {
    return load("[accounts]\n" + text).mistakes;
  };
  EXPECT_THAT(mistakes("backend = \"ldap\"\nuri = \"ldapi://x\"\n"),
              ElementsAre("f:3: accounts.base: is missing; backend \"ldap\" needs it",
                          "f:3: accounts.filter: is missing; backend \"ldap\" needs it"));
  EXPECT_THAT(mistakes("uri = \"ldapi://x\"\nconnections = 2\ntimeout = \"2s\"\n"),
              ElementsAre("f:3: accounts.uri: goes with backend \"ldap\"",
                          "f:4: accounts.connections: goes with backend \"pam\" or \"ldap\" or "
                          "\"postgresql\"",
                          "f:5: accounts.timeout: goes with backend \"pam\", \"ldap\" or "
                          "\"postgresql\""));
  EXPECT_THAT(mistakes("[[accounts.next]]\nbackend = \"postgresql\"\nconnection = \"x\"\n"),
              ElementsAre("f:4: accounts.next.account_query: is missing; backend "
                          "\"postgresql\" needs it"));
}

TEST(AccountsRules, PasswordsDoNotCrossTheNetworkInTheClear) {
  const auto mistakes = [](const std::string& uri, const std::string& more = "") {
    return load("[accounts]\nbackend = \"ldap\"\nbase = \"x\"\nfilter = \"(x)\"\nuri = \"" + uri +
                "\"\n" + more)
        .mistakes;
  };
  for (const char* fine : {"ldaps://ldap.x.test", "ldap://127.0.0.1:3890", "ldap://[::1]",
                           "ldapi://%2frun%2fldapi", "ldaps://a.test ldaps://b.test"})
    EXPECT_THAT(mistakes(fine), IsEmpty()) << fine;
  EXPECT_THAT(mistakes("ldap://ldap.x.test", "start_tls = true\n"), IsEmpty());
  const auto clear = ElementsAre(
      "f:6: accounts.uri: passwords would cross the network in the clear; set start_tls = true");
  EXPECT_THAT(mistakes("ldap://ldap.x.test"), clear);
  for (const char* other : {"ldaps://a.test ldap://b.test", "ldap://localhost.x.test",
                            "ldap://127.0.0.1.x.test", "ldap://[::1", "ldap://"})
    EXPECT_THAT(mistakes(other), clear) << other;
  EXPECT_THAT(mistakes("ldaps://a.test", "start_tls = true\n"),
              ElementsAre("f:7: accounts.start_tls: goes with ldap:// only"));
  EXPECT_THAT(
      mistakes("http://a.test"),
      ElementsAre("f:6: accounts.uri: must be ldap://HOST, ldaps://HOST or ldapi://SOCKET"));
  EXPECT_THAT(mistakes("ldapi://x", "bind_dn = \"cn=x\"\n"),
              ElementsAre("f:6: accounts.bind_password_file: is missing; bind_dn and "
                          "bind_password_file go together"));
}

TEST(AccountsRules, SeveralNamesOfAnEntryNeedOneForItsMaildrop) {
  const auto mistakes = [](const std::string& more) {
    return load(
               "[accounts]\nbackend = \"ldap\"\nbase = \"x\"\nfilter = \"(x)\"\nuri = "
               "\"ldapi://x\"\n" +
               more)
        .mistakes;
  };
  EXPECT_THAT(
      mistakes("name_attribute = \"mail uid\"\n"),
      ElementsAre("f:7: accounts.maildrop_attribute: is missing; an entry with several names "
                  "needs one for its maildrop"));
  EXPECT_THAT(mistakes("name_attribute = \"mail uid\"\nmaildrop_attribute = \"uid\"\n"), IsEmpty());
  for (const char* bare : {"entryUUID", "objectguid", "sAMAccountName"}) {
    const std::string key = "maildrop_attribute = \"" + std::string(bare) + "\"\n";
    EXPECT_THAT(mistakes(key),
                ElementsAre("f:7: accounts.maildrop_attribute: goes with accounts.default_domain, "
                            "which completes the maildrop's name"));
    EXPECT_THAT(mistakes(key + "default_domain = \"x.test\"\n"), IsEmpty());
  }
  for (const char* bad : {"mail  uid", "mail,uid", " mail", "mail "})
    EXPECT_THAT(mistakes("name_attribute = \"" + std::string(bad) + "\"\n").size(), 1U) << bad;
  EXPECT_THAT(mistakes("windows_domain = \"CORP\"\n"),
              ElementsAre("f:7: accounts.windows_domain: goes with accounts.default_domain, which "
                          "completes the user's name"));
  EXPECT_THAT(mistakes("windows_domain = \"CORP\\\\x\"\ndefault_domain = \"x.test\"\n"),
              ElementsAre("f:7: accounts.windows_domain: must be the short name alone, as in "
                          "\"CORP\""));
}

TEST(AccountsRules, PamNeedsToKnowWhoHasAnAccount) {
  EXPECT_THAT(load("[accounts]\nbackend = \"pam\"\n").mistakes,
              ElementsAre("f:2: accounts.default_domain: is missing; the system's users are names "
                          "of that domain"));
  EXPECT_THAT(load("[accounts]\nbackend = \"pam\"\ndefault_domain = \"x.test\"\npam_name = "
                   "\"full\"\n")
                  .mistakes,
              ElementsAre("f:5: accounts.users: is missing; pam_name \"full\" needs a list of the "
                          "names"));
  EXPECT_THAT(
      load("[accounts]\nbackend = \"pam\"\ndefault_domain = \"x.test\"\nservice = \"../x\"\n")
          .mistakes,
      ElementsAre("f:5: accounts.service: must be the name of a file, without a folder"));
}

}  // namespace
}  // namespace restante::settings
