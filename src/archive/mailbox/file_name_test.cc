#include "archive/mailbox/file_name.h"

#include <gtest/gtest.h>

#include "archive/mailbox/sha256.h"

namespace restante::archive {
namespace {

const std::string kSum = sha256_of("message");

TEST(FileName, WrittenIsRead) {
  const FileName name{1795323600, kSum, 1234, "FS"};
  const std::string fresh = "1795323600." + kSum + ".restante,S=1234";
  EXPECT_EQ(new_name(name), fresh);
  EXPECT_EQ(cur_name(name), fresh + ":2,FS");
  const auto read = parse_file_name(cur_name(name));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->seconds, name.seconds);
  EXPECT_EQ(read->sha256, kSum);
  EXPECT_EQ(read->bytes, 1234U);
  EXPECT_EQ(read->flags, "FS");
  EXPECT_EQ(parse_file_name(fresh)->flags, "");
}

TEST(FileName, OthersAreNotOurs) {
  const std::string ours = "1795323600." + kSum + ".restante,S=1234";
  for (const std::string& name :
       {std::string(), std::string("1795323600.M1P2.host,S=12:2,S"), "0" + ours, ours + "x",
        ours + ":2,S!", ours + ":1,S", ours.substr(0, ours.size() - 4), "-1" + ours, ours + ",W=12",
        "1795323600." + kSum.substr(1) + ".restante,S=1", "." + ours})
    EXPECT_FALSE(parse_file_name(name)) << name;
  for (std::size_t cut = 0; cut < ours.size() - 4; ++cut)
    EXPECT_FALSE(parse_file_name(ours.substr(0, cut))) << cut;
}

TEST(FileName, FlagsAreSortedOnce) {
  EXPECT_EQ(flags_of("x:2,SSFaR"), "FRSa");
  EXPECT_EQ(flags_of("x"), "");
  EXPECT_EQ(cur_name({1, kSum, 1, "SF"}), "1." + kSum + ".restante,S=1:2,FS");
}

TEST(FileName, AccountsHaveFoldersOfTheirOwn) {
  EXPECT_EQ(account_folder("work"), "work");
  EXPECT_EQ(account_folder("alice@example.com"), "alice@example.com");
  EXPECT_EQ(account_folder("a/b"), "a%2Fb");
  EXPECT_EQ(account_folder(".."), "%2E.");
  EXPECT_EQ(account_folder(".restante"), "%2Erestante");
  EXPECT_EQ(account_folder("a%2Fb"), "a%252Fb");
  EXPECT_EQ(account_folder("M\xc3\xbcller"), "M\xc3\xbcller");
  EXPECT_EQ(account_folder("\xff"), "%FF");
  for (const char* const account : {"work", "a/b", "..", ".x", "a%b", "M\xc3\xbcller", "\xff", " "})
    EXPECT_EQ(account_of_folder(account_folder(account)), account);
  for (const char* const folder : {"", ".restante", "a b", "%2", "%zz", "%41", "x/y"})
    EXPECT_FALSE(account_of_folder(folder)) << folder;
}

}  // namespace
}  // namespace restante::archive
