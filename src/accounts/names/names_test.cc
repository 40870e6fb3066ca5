#include "accounts/names/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace restante::accounts {
namespace {

const NameRules kRules("example.test", true);

TEST(Names, Table) {
  struct Case {
    std::string_view text;
    std::string_view canonical;
  };
  const std::vector<Case> cases = {
      {"alice", "alice@example.test"},
      {"Alice@Other.TEST", "alice@other.test"},
      {"a@b@c.test", "a@b@c.test"},
      {"gr\xC3\xBC\xC3\x9F@b\xC3\xBC"
       "cher.test",
       "gr\xC3\xBC\xC3\x9F@b\xC3\xBC"
       "cher.test"},
      {"alice%other.test", "alice%other.test@example.test"},
      {"o'brien \"x\"; DROP TABLE account;--@x.test",
       "o'brien \"x\"; drop table account;--@x.test"},
      {"../../etc/passwd", "../../etc/passwd@example.test"},
      {" alice ", " alice @example.test"},
      {"{PLAIN}@x.test", "{plain}@x.test"},
      {"a@[127.0.0.1]", "a@[127.0.0.1]"},
  };
  for (const Case& row : cases) {
    const auto name = canonical_name(row.text, kRules);
    ASSERT_TRUE(name) << row.text;
    EXPECT_EQ(*name, row.canonical);
    EXPECT_EQ(*canonical_name(*name, kRules), *name) << "not its own canonical form";
  }
}

TEST(Names, RefusesWhatNobodyCanHave) {
  for (const std::string_view bad :
       {std::string_view(""), std::string_view("@"), std::string_view("alice@"),
        std::string_view("@x.test"), std::string_view("a\0b@x.test", 10),
        std::string_view("a\r\n@x.test"), std::string_view("a\x7F@x.test"),
        std::string_view("a\x1B[2J@x.test"), std::string_view("a\xC2\x9B@x.test"),
        std::string_view("a\xFF@x.test"), std::string_view("a\xC0\x80@x.test"),
        std::string_view("a@.test"), std::string_view("a@x..test"), std::string_view("a@x.test."),
        std::string_view("a@x test"), std::string_view("a@x/test"), std::string_view("a@x%test")}) {
    const auto name = canonical_name(bad, kRules);
    ASSERT_FALSE(name) << bad;
    EXPECT_EQ(name.error().code, Errc::kSyntax) << bad;
  }
}

TEST(Names, LengthsToTheByte) {
  const std::string local(limits::kLocalPartBytesMax, 'l');
  std::string domain;
  while (domain.size() < limits::kDomainBytesMax) domain += domain.size() % 2 == 0 ? 'd' : '.';
  EXPECT_TRUE(canonical_name(local + "@" + domain, kRules));
  EXPECT_EQ(canonical_name("l" + local + "@x.test", kRules).error().code, Errc::kLimit);
  EXPECT_EQ(canonical_name("l@d" + domain, kRules).error().code, Errc::kLimit);
  EXPECT_EQ(canonical_name(std::string(1 << 20, 'x'), kRules).error().code, Errc::kLimit);
}

TEST(Names, AnAddressIsAsLongAsALine) {
  const std::string local(3000, 'l');
  EXPECT_EQ(*canonical_address("L" + local + "@X.Test", kRules), "l" + local + "@x.test");
  EXPECT_EQ(canonical_address(std::string(1 << 20, 'x'), kRules).error().code, Errc::kLimit);
  EXPECT_THAT(canonical_name("l" + local + "@x.test", kRules).error().detail,
              testing::HasSubstr("at most"));
}

TEST(Names, FoldingAndDefaultDomainAreSettings) {
  EXPECT_EQ(*canonical_name("Alice@X.Test", NameRules("", false)), "Alice@x.test");
  EXPECT_EQ(*canonical_name("Alice", NameRules("X.Test", false)), "Alice@x.test");
  EXPECT_EQ(canonical_name("alice", NameRules("", true)).error().code, Errc::kSyntax);
}

TEST(Names, CatchAll) {
  EXPECT_EQ(*canonical_alias("@X.Test", kRules), "@x.test");
  EXPECT_EQ(*canonical_alias("Sales", kRules), "sales@example.test");
  for (const std::string_view bad : {"@", "@.", "@a b", "@a\r\n", "@\xFF"})
    EXPECT_FALSE(canonical_alias(bad, kRules)) << bad;
  EXPECT_EQ(domain_of("@x.test"), "x.test");
  EXPECT_EQ(local_part_of("@x.test"), "");
  EXPECT_EQ(local_part_of("a@b@x.test"), "a@b");
  EXPECT_EQ(domain_of("a@b@x.test"), "x.test");
}

// Every cut of a hostile text: a verdict, never a crash, and never a name with a control in it.
TEST(Names, EveryCut) {
  const std::string hostile("a\xC2\x9B'\"%@\0\r\n\xF0\x9F\x93\xAC..x.test@[::1]", 27);
  for (std::size_t from = 0; from <= hostile.size(); ++from)
    for (std::size_t size = 0; from + size <= hostile.size(); ++size) {
      const auto name = canonical_alias(std::string_view(hostile).substr(from, size), kRules);
      if (name) EXPECT_THAT(*name, testing::Not(testing::ContainsRegex("[\r\n]")));
    }
}

}  // namespace
}  // namespace restante::accounts
