#include "server/settings/migrate.h"

#include <gmock/gmock.h>

#include "server/settings/parse.h"

namespace restante::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kRoute =
    "data_dir = \"/d\"\n"
    "[[route]]\n"
    "pop3 = \"pop3s://old.example.com:995\"\n"
    "domains = [\"example.com\", \"example.net\"]\n";

LoadResult load(const std::string& text) { return parse(kRoute + text, "f", "/", Purpose::kTools); }

TEST(MigrateConfig, IsOffByDefault) {
  const LoadResult result = load("");
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_THAT(result.config->migrate.on_login, IsEmpty());
}

TEST(MigrateConfig, NamesDomainsOfRoutes) {
  const LoadResult result = load(
      "[migrate]\non_login = [\"Example.COM\", \"example.net\"]\nwait = \"30s\"\nchecks = 3\n"
      "moves = 2\n");
  ASSERT_THAT(result.mistakes, IsEmpty());
  const Migrate& migrate = result.config->migrate;
  EXPECT_THAT(migrate.on_login, ElementsAre("example.com", "example.net"));
  EXPECT_EQ(migrate.wait, std::chrono::seconds(30));
  EXPECT_EQ(migrate.checks, 3U);
  EXPECT_EQ(migrate.moves, 2U);
}

TEST(MigrateConfig, IsRefusedWhereItCannotWork) {
  const std::string on = "[migrate]\non_login = [\"example.com\"]\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[migrate]\non_login = [\"example.org\"]\n",
       "migrate.on_login: example.org is in the domains of no [[route]]"},
      {"[migrate]\non_login = [\"example.com\", \"example.com\"]\n", "twice"},
      {on + "wait = \"60s\"\n", "limits.login_timeout"},
      {on + "moves = 0\n", "migrate.moves"},
      {on + "[accounts]\nfold_local_part = false\n", "accounts.fold_local_part = true"},
      {on + "[accounts]\nbackend = \"passwd-file\"\npath = \"users\"\n",
       "accounts.backend = \"sqlite\""},
  };
  for (const auto& [text, mistake] : cases) {
    const LoadResult result = load(text);
    EXPECT_THAT(result.mistakes, ElementsAre(HasSubstr(mistake))) << text;
  }
}

}  // namespace
}  // namespace restante::settings
