#include "accounts/passwd_file/passwd_extra.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

PasswdExtra parse(std::string_view fields) { return *parse_passwd_extra(fields); }

TEST(PasswdExtra, MostLinesHaveNone) {
  for (const char* fields :
       {"", "1000:1000", "1000:1000::/home/a:/bin/sh",
        ":::::", "19000:0:99999:7:::", "1000:1000::/home/a::userdb_mail=maildir:~/Mail user=b"}) {
    const auto extra = parse_passwd_extra(fields);
    ASSERT_TRUE(extra) << fields;
    EXPECT_FALSE(extra->no_login) << fields;
    EXPECT_FALSE(extra->allowance.quota_octets) << fields;
    EXPECT_FALSE(extra->allowance.quota_messages) << fields;
  }
}

TEST(PasswdExtra, ReadsQuotas) {
  const auto octets = [](std::string_view words) {
    return parse(":::::" + std::string(words)).allowance.quota_octets;
  };
  EXPECT_EQ(octets("userdb_quota_rule=*:storage=1G"), 1ULL << 30);
  EXPECT_EQ(octets("userdb_quota_rule=*:storage=2048"), 2ULL << 20) << "kilobytes";
  EXPECT_EQ(octets("userdb_quota_rule=*:bytes=2048"), 2048U);
  EXPECT_EQ(octets("a=b userdb_quota_rule=*:messages=7:storage=5M c=d"), 5ULL << 20);
  EXPECT_EQ(octets("userdb_quota_storage_size=3GiB"), 3ULL << 30);
  EXPECT_EQ(octets("userdb_quota_rule=Trash:storage=1G"), std::nullopt);
  EXPECT_EQ(parse(":::::userdb_quota_rule=*:messages=7").allowance.quota_messages, 7U);
  EXPECT_EQ(parse(":::::userdb_quota_message_count=9").allowance.quota_messages, 9U);
}

TEST(PasswdExtra, NamesWhatMeansNothing) {
  IgnoredFields ignored;
  const auto extra = parse_passwd_extra(
      "1000:1000::/home/a::userdb_mail=maildir:~/x nodelay quota_rule=*:bytes=9 nologin "
      "userdb_quota_rule2=Trash:storage=1M user=b userdb_quota_rule=Trash:bytes=5",
      &ignored);
  EXPECT_EQ(extra->allowance.quota_octets, 9U) << "also without userdb_";
  EXPECT_THAT(ignored, testing::ElementsAre("gid", "home", "nodelay", "uid", "user", "userdb_mail",
                                            "userdb_quota_rule", "userdb_quota_rule2"));
  ignored.clear();
  for (const char* const fields : {"", ":::::", ":::::nologin"})
    ASSERT_TRUE(parse_passwd_extra(fields, &ignored));
  EXPECT_TRUE(ignored.empty());
}

TEST(PasswdExtra, ReadsWhatSeveralAddressesGet) {
  const auto several = [](std::string_view words) {
    return parse(":::::" + std::string(words)).allowance.several_addresses;
  };
  EXPECT_EQ(several("several_addresses=each"), SeveralAddresses::kEach);
  EXPECT_EQ(several("nologin userdb_several_addresses=one"), SeveralAddresses::kOne);
  EXPECT_EQ(several("nologin"), std::nullopt);
  EXPECT_EQ(parse_passwd_extra(":::::several_addresses=two").error().code, Errc::kSyntax);
}

TEST(PasswdExtra, WhoMayNotLogInDoesNot) {
  EXPECT_TRUE(parse(":::::nologin").no_login);
  EXPECT_TRUE(parse(":::::nologin=yes x=y").no_login);
  EXPECT_FALSE(parse(":::::nologin=no").no_login);
  EXPECT_FALSE(parse("nologin:::::").no_login) << "only behind the seventh colon";
}

TEST(PasswdExtra, NetworksCount) {
  EXPECT_FALSE(parse(":::::nologin").networks);
  const auto networks = parse(":::::a=b allow_nets=192.0.2.0/24,local c=d").networks;
  ASSERT_TRUE(networks);
  EXPECT_TRUE(networks->contain("192.0.2.1"));
  EXPECT_FALSE(networks->contain("198.51.100.1"));
}

// Without its end, the account would let in a user who should be kept out.
TEST(PasswdExtra, AnAccountThatEndsIsAMistake) {
  for (const char* fields : {"19000:0:99999:7::100:", "19000:0:99999:7:0:99999:", ":::::100"})
    EXPECT_EQ(parse_passwd_extra(fields).error().code, Errc::kSyntax) << fields;
}

// Ignored, they would open a door that Dovecot keeps shut.
TEST(PasswdExtra, BarriersThatWeDoNotHaveAreMistakes) {
  for (const char* word : {"allow_nets=example.com", "allow_nets=127.0.0.1 allow_nets=::1",
                           "allow_real_nets=192.0.2.0/24", "proxy", "proxy=y host=a", "deny=y"})
    EXPECT_EQ(parse_passwd_extra(":::::a=b " + std::string(word)).error().code, Errc::kSyntax)
        << word;
  for (const char* wrong : {"userdb_quota_rule=*:storage=", "userdb_quota_rule=*:storage=1X",
                            "userdb_quota_storage_size=-1", "userdb_quota_rule=*:storage",
                            "userdb_quota_storage_size=99999999999999999999",
                            "userdb_quota_storage_size=18446744073709551615T"})
    EXPECT_EQ(parse_passwd_extra(":::::" + std::string(wrong)).error().code, Errc::kSyntax)
        << wrong;
}

}  // namespace
}  // namespace restante::accounts
