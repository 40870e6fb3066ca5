#include "archive/exchange/import/thunderbird.h"

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

TEST(Thunderbird, ItsFolders) {
  EXPECT_TRUE(is_thunderbirds({"Inbox", "Inbox.msf"}));
  EXPECT_FALSE(is_thunderbirds({"Inbox", "popstate.dat"}));
  EXPECT_EQ(folder_shown("Archives.sbd"), "Archives");
  EXPECT_EQ(folder_shown("Inbox"), "Inbox");
  TempFolder folder;
  for (const char* const name : {"Inbox", "Drafts", "Inbox.msf", "popstate.dat"})
    write_file(folder.path() / name, name == std::string("Drafts") ? "" : "x");
  EXPECT_FALSE(is_no_folder_of_mail(folder.path() / "Inbox"));
  EXPECT_TRUE(is_no_folder_of_mail(folder.path() / "Drafts"));
  EXPECT_TRUE(is_no_folder_of_mail(folder.path() / "Inbox.msf"));
  EXPECT_TRUE(is_no_folder_of_mail(folder.path() / "popstate.dat"));
  EXPECT_FALSE(is_no_folder_of_mail(folder.path()));
}

}  // namespace
}  // namespace restante::archive
