#include "migrate/formats/folder_rule.h"

#include <gtest/gtest.h>

#include <tuple>

namespace restante::migrate {
namespace {

TEST(FolderRule, NamesAnAccountBesideTheOwners) {
  const std::tuple<const char*, const char*> cases[] = {
      {".Archive", "alice+Archive@example.com"},
      {"Archive", "alice+Archive@example.com"},
      {".Archive.2020", "alice+Archive.2020@example.com"},
      {"Old mail/2020", "alice+Old_mail_2020@example.com"},
      {".Entw&APw-rfe", "alice+Entw_APw-rfe@example.com"},
      {"..x..y.", "alice+x.y@example.com"},
      {"a@b", "alice+a_b@example.com"},
  };
  for (const auto& [folder, account] : cases)
    EXPECT_EQ(folder_account("alice@example.com", folder), account) << folder;
  EXPECT_EQ(folder_account("alice", ".Sent"), "alice+Sent");
}

TEST(FolderRule, RefusesWhatIsNoName) {
  EXPECT_FALSE(folder_account("alice@example.com", "..."));
  EXPECT_FALSE(folder_account("alice@example.com", ""));
  EXPECT_TRUE(folder_account("alice@example.com", std::string(58, 'x')));
  EXPECT_FALSE(folder_account("alice@example.com", std::string(59, 'x')));
}

}  // namespace
}  // namespace restante::migrate
