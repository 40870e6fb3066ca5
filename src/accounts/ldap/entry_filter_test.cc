#include "accounts/ldap/entry_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

Entry person() {
  Entry entry;
  entry.attributes = {{"userAccountControl", {"66050"}},  // A normal account, disabled.
                      {"pwdAccountLockedTime", {"20261130021500Z"}},
                      {"accountStatus", {"Deleted (2026)", "x"}},
                      {"sign", {"-2147483646"}},
                      {"cn", {}}};
  return entry;
}

bool matches(std::string_view text) {
  const auto filter = EntryFilter::parse(text);
  EXPECT_TRUE(filter) << text << ": " << filter.error().detail;
  return filter && filter->matches(person());
}

TEST(LdapEntryFilter, SaysWhetherAnEntryFits) {
  for (const char* yes :
       {"(userAccountControl:1.2.840.113556.1.4.803:=2)",
        "(useraccountcontrol:1.2.840.113556.1.4.803:=514)",
        "(userAccountControl:1.2.840.113556.1.4.804:=3)", "(sign:1.2.840.113556.1.4.803:=2)",
        "(pwdAccountLockedTime=*)", "(pwdAccountLockedTime>=20261130000000Z)",
        "(userAccountControl<=66050)", "(userAccountControl>=600)",
        "(accountStatus=DELETED \\28*\\29)", "(accountStatus=*let*26*)", "(!(cn=*))",
        "(!(absent=TRUE))", "(|(cn=a)(accountStatus=x))", "(&(!(cn=a))(accountStatus=X))", "(&)"})
    EXPECT_TRUE(matches(yes)) << yes;
  for (const char* no :
       {"(userAccountControl:1.2.840.113556.1.4.803:=16)",
        "(userAccountControl:1.2.840.113556.1.4.803:=18)",
        "(userAccountControl:1.2.840.113556.1.4.804:=17)", "(cn=*)", "(absent=*)",
        "(pwdAccountLockedTime=000001010000Z)", "(pwdAccountLockedTime<=20260101000000Z)",
        "(accountStatus=delete)", "(accountStatus=*deleted*deleted*)", "(accountStatus=x*x)",
        "(accountStatus:1.2.840.113556.1.4.803:=1)", "(!(accountStatus=x))", "(|)",
        "(&(accountStatus=x)(cn=a))"})
    EXPECT_FALSE(matches(no)) << no;
  EXPECT_FALSE(EntryFilter().matches(person()));
}

TEST(LdapEntryFilter, KnowsWhatItAsksFor) {
  const auto filter = EntryFilter::parse("(|(a=1)(&(b:1.2.840.113556.1.4.803:=2)(!(A=*))))");
  ASSERT_TRUE(filter);
  EXPECT_THAT(filter->attributes(), testing::ElementsAre("a", "b"));
  EXPECT_THAT(EntryFilter().attributes(), testing::IsEmpty());
}

TEST(LdapEntryFilter, RefusesWhatItCannotRead) {
  for (const char* bad :
       {"", "a=1", "(a=1", "(a=1))", "(a)", "(=1)", "((a=1))", "(!)", "(!(a=1)(b=2))", "(a=\\)",
        "(a=\\2)", "(a=\\zz)", "(a b=1)", "(a:9.9:=1)", "(a:1.2.840.113556.1.4.803:=x)", "(a>=1*)",
        "(a=1)(b=2)", "(&(a=1)b)", "(a~=1)"})
    EXPECT_FALSE(EntryFilter::parse(bad)) << bad;
  std::string deep = "(a=1)";
  for (int i = 0; i < 30; ++i) deep = "(!" + deep + ")";
  EXPECT_FALSE(EntryFilter::parse(deep));
}

}  // namespace
}  // namespace restante::accounts::ldap
