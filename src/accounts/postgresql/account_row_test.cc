#include "accounts/postgresql/account_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts::postgresql {
namespace {

const NameRules kRules("x.test", true);

Rows rows_of(std::vector<std::string> columns,
             std::vector<std::vector<std::optional<std::string>>> rows) {
  Rows out;
  out.columns = std::move(columns);
  out.rows = std::move(rows);
  return out;
}

TEST(AccountRow, ReadsWhatIsThere) {
  const auto account = to_account(rows_of({"quota_octets", "name", "enabled", "secret", "more",
                                           "quota_messages", "several_addresses"},
                                          {{"1000", "Alice", "f", "{PLAIN}x", "y", "0", "each"}}),
                                  "alice@x.test", kRules);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, "alice@x.test");
  EXPECT_EQ(account->secret, "{PLAIN}x");
  EXPECT_FALSE(account->enabled);
  EXPECT_EQ(account->allowance.quota_octets, 1000U);
  EXPECT_EQ(account->allowance.quota_messages, 0U);
  EXPECT_EQ(account->allowance.several_addresses, SeveralAddresses::kEach);
}

TEST(AccountRow, WhatIsMissingOrNullIsTheDefault) {
  const auto account = to_account(
      rows_of({"name", "secret", "quota_octets"}, {{"alice@x.test", std::nullopt, std::nullopt}}),
      "alice@x.test", kRules);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->secret, "");
  EXPECT_TRUE(account->enabled);
  EXPECT_FALSE(account->allowance.quota_octets);
}

// A column of any usual type: int, bigint, numeric, double precision, boolean, bit, text.
TEST(AccountRow, EveryTypeOfNumberAndFlagIsRead) {
  const auto read = [](const std::string& octets, const std::string& enabled) {
    return to_account(rows_of({"name", "secret", "quota_octets", "enabled"},
                              {{"a@x.test", "x", octets, enabled}}),
                      "a@x.test", kRules);
  };
  const std::vector<std::pair<std::string, std::uint64_t>> numbers = {
      {"0", 0},
      {"0.00", 0},
      {"007", 7},
      {"1000", 1000},
      {"1000.00", 1000},
      {"1e+06", 1000000},
      {"1.5e3", 1500},
      {"150e-1", 15},
      {"0e+300", 0},
      {"1E2", 100},
      {"18446744073709551615", UINT64_MAX},
      {"1.8446744073709551615e19", UINT64_MAX}};
  for (const auto& [text, number] : numbers) {
    const auto account = read(text, "t");
    ASSERT_TRUE(account) << text << account.error().detail;
    EXPECT_EQ(account->allowance.quota_octets, number) << text;
  }
  for (const char* yes : {"t", "TRUE", "1", "1.0", "Y", "on"}) EXPECT_TRUE(read("1", yes)->enabled);
  for (const char* no : {"f", "false", "0", "0.00", "N", "off"})
    EXPECT_FALSE(read("1", no)->enabled);
}

// However the database compares, only the very name has the account.
TEST(AccountRow, OnlyTheVeryNameCounts) {
  const Rows loose = rows_of({"name", "secret"}, {{"alice@x.test", "{PLAIN}a"},
                                                  {"alicf@x.test", "{PLAIN}b"},
                                                  {std::nullopt, "{PLAIN}c"},
                                                  {"alice @x.test", "{PLAIN}d"}});
  EXPECT_EQ(to_account(loose, "alice@x.test", kRules)->secret, "{PLAIN}a");
  EXPECT_EQ(to_account(loose, "alic_@x.test", kRules).error().code, Errc::kNotFound);
  EXPECT_EQ(to_account(loose, "%@x.test", kRules).error().code, Errc::kNotFound);
  EXPECT_EQ(to_account(rows_of({"name", "secret"}, {}), "alice@x.test", kRules).error().code,
            Errc::kNotFound);
}

// What the query found by its own rules counts when it is a spelling of the name by ours.
TEST(AccountRow, AnotherSpellingKeepsItsOwnName) {
  const Rows rows = rows_of({"name", "secret"}, {{"M\u00dcLLER@b\u00fccher.test", "{PLAIN}a"},
                                                 {"m\u00fcller@b\u00fccher.test", "{PLAIN}b"}});
  EXPECT_EQ(to_account(rows, "m\u00fcller@b\u00fccher.test", kRules)->secret, "{PLAIN}b");
  EXPECT_EQ(to_account(rows, "m\u00dcller@b\u00fccher.test", kRules)->secret, "{PLAIN}a");
  EXPECT_EQ(to_account(rows, "mu\u0308ller@b\u00fccher.test", kRules).error().code, Errc::kIo);
  const auto found =
      to_account(rows_of({"name", "secret"}, {{"M\u00dcLLER@b\u00fccher.test", "{PLAIN}a"}}),
                 "m\u00fcller@xn--bcher-kva.test", kRules);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "m\u00dcller@b\u00fccher.test");
}

TEST(AccountRow, NonsenseIsTheBackEndsFault) {
  const auto code = [](const Rows& rows) {
    return to_account(rows, "a@x.test", kRules).error().code;
  };
  EXPECT_EQ(code(rows_of({"secret"}, {})), Errc::kState);
  EXPECT_EQ(code(rows_of({"name"}, {{"a@x.test"}})), Errc::kState);
  EXPECT_EQ(code(rows_of({"name", "secret"}, {{"a@x.test", "x"}, {"A@x.test", "y"}})), Errc::kIo);
  for (const char* wrong : {"", "maybe", "2"})
    EXPECT_EQ(code(rows_of({"name", "secret", "enabled"}, {{"a@x.test", "x", wrong}})), Errc::kIo);
  for (const char* wrong :
       {"", "-1", "1x", " 1", "18446744073709551616", "1.5", ".", "1e", "1e-1", "e5", "1e+x", "NaN",
        "Infinity", "$1,000.00", "0x10", "1e20", "1e999999999999", "15e-1", "01:00:00"})
    EXPECT_EQ(code(rows_of({"name", "secret", "quota_octets"}, {{"a@x.test", "x", wrong}})),
              Errc::kIo)
        << wrong;
}

}  // namespace
}  // namespace restante::accounts::postgresql
