#include "restantectl/accounts/account_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

using accounts::NameRules;
using testing::ElementsAre;
using testing::HasSubstr;

class AccountFields : public testing::Test {
 protected:
  ReadAccount read(std::vector<FileField> fields) {
    FileRow row;
    row.fields = std::move(fields);
    return read_account_fields(row, rules, notes);
  }
  ReadAccount line(std::string_view text) { return read_account_line(text, rules, notes); }
  static FileField field(std::string name, std::string text) {
    FileField made;
    made.name = std::move(name);
    made.text = std::move(text);
    return made;
  }
  static FileField null(std::string name) {
    FileField made = field(std::move(name), "");
    made.is_null = true;
    return made;
  }

  const NameRules rules{"x.test", true};
  RowNotes notes;
};

TEST_F(AccountFields, SayWhatIsToBe) {
  const auto read_row =
      read({field("user", " Alice "), field("hash", "{PLAIN}x"), field("enabled", "No"),
            field("nologin", "1"), field("networks", "192.0.2.0/24 local"),
            field("quota_octets", "1GiB"), field("quota_messages", "0"),
            field("retention_days", "never"), field("retention_from", "retrieval"),
            field("several_addresses", "each"), field("add_devices", "my phone;tablet"),
            field("remove_devices", "old")});
  ASSERT_TRUE(read_row.row) << read_row.refusal->what;
  const accounts::AccountChange& change = read_row.row->change;
  EXPECT_EQ(change.name, "alice@x.test");
  EXPECT_EQ(change.secret, "{PLAIN}x");
  EXPECT_EQ(change.enabled, false);
  EXPECT_EQ(change.no_login, true);
  EXPECT_EQ((*change.networks)->to_string(), "192.0.2.0/24,local");
  accounts::Allowance allowance;
  change.allowance.apply_to(allowance);
  EXPECT_EQ(allowance.quota_octets, 1ULL << 30);
  EXPECT_EQ(allowance.quota_messages, 0U);
  EXPECT_EQ(allowance.retention_days, 0U);
  EXPECT_EQ(allowance.retention_from, accounts::RetentionFrom::kRetrieval);
  EXPECT_EQ(allowance.several_addresses, accounts::SeveralAddresses::kEach);
  EXPECT_THAT(change.new_devices, ElementsAre("my phone", "tablet"));
  EXPECT_THAT(change.lost_devices, ElementsAre("old"));
}

TEST_F(AccountFields, NullIsTheDefaultWhereThereIsOne) {
  const auto read_row = read({field("name", "a"), null("quota_octets"), null("networks"),
                              null("enabled"), null("secret_changed")});
  ASSERT_TRUE(read_row.row);
  accounts::Allowance allowance;
  allowance.quota_octets = 5;
  read_row.row->change.allowance.apply_to(allowance);
  EXPECT_EQ(allowance.quota_octets, std::nullopt);
  EXPECT_TRUE(read_row.row->change.networks && !*read_row.row->change.networks);
  EXPECT_FALSE(read_row.row->change.enabled);
  EXPECT_THAT(notes.ignored, ElementsAre("secret_changed"));
}

TEST_F(AccountFields, UnknownOnesAreNoted) {
  EXPECT_TRUE(read({field("name", "a"), field("quota_octet", "5"), field("aliases", "b")}).row);
  EXPECT_THAT(notes.unknown, ElementsAre("quota_octet"));
  EXPECT_THAT(notes.ignored, ElementsAre("aliases"));
}

TEST_F(AccountFields, Refusals) {
  const auto why = [](const ReadAccount& read) { return read.refusal ? read.refusal->what : ""; };
  EXPECT_THAT(why(read({field("hash", "{PLAIN}x")})), HasSubstr("no name"));
  EXPECT_THAT(why(read({field("name", "a"), field("enabled", "maybe")})),
              HasSubstr("a@x.test: enabled: is yes or no"));
  EXPECT_THAT(why(read({field("name", "a"), field("quota_octets", "much")})),
              HasSubstr("quota_octets"));
  EXPECT_THAT(
      why(read({field("name", "a"), field("password", "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=")})),
      HasSubstr("call the column hash"));
  EXPECT_THAT(why(read({field("name", "a"), field("hash", "{PLAIN}x"), field("password", "y")})),
              HasSubstr("both"));
  const auto unknown = read({field("name", "a"), field("hash", "{NTLM}0123")});
  EXPECT_TRUE(unknown.refusal->is_unknown);
  EXPECT_THAT(unknown.refusal->what, HasSubstr("NTLM"));
  EXPECT_EQ(read({field("name", "a"), field("password", "{curly")}).row->password.view(), "{curly");
}

TEST_F(AccountFields, LinesOfPasswdFiles) {
  const auto taken = line("carol:{PLAIN}x:1000:::/home/c::nologin userdb_quota_rule=*:bytes=9");
  ASSERT_TRUE(taken.row);
  EXPECT_EQ(taken.row->change.no_login, true);
  EXPECT_FALSE(taken.row->change.networks);
  EXPECT_EQ(taken.row->change.allowance.quota_octets, 9U);
  EXPECT_FALSE(taken.row->change.allowance.quota_messages);
  EXPECT_THAT(notes.ignored, ElementsAre("home", "uid"));
  EXPECT_FALSE(line("dave:{PLAIN}x").row->change.no_login) << "what is not said stays";
  EXPECT_FALSE(line("# nobody").row || line("# nobody").refusal);
  EXPECT_TRUE(line("erin:{NTLM}0123").refusal->is_unknown);
  EXPECT_FALSE(line("fay:{NTLM}0123::::::proxy=y").refusal->is_unknown);
  for (const char* const text : {"gus:", "hal:!$6$x", "ivy", "jo:{PLAIN}x::::::deny"})
    EXPECT_FALSE(line(text).refusal->is_unknown) << text;
}

}  // namespace
}  // namespace restante::ctl
