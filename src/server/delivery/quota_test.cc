#include "server/delivery/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"
#include "server/common/test_support.h"

namespace restante::server {
namespace {

using maildrop::Quota;
using maildrop::Usage;
using ::testing::HasSubstr;

constexpr std::uint64_t kHuge = std::uint64_t{1} << 62;

TEST(Quota, TheBookKnowsWhoHasOne) {
  accounts::MemoryDirectory directory;
  for (const char* name : {"a", "b", "c"}) directory.add(name);
  directory.accounts["b"].allowance.quota_messages = 5;
  directory.accounts["c"].allowance.quota_octets = 0;
  settings::Config defaults;
  const QuotaBook book(directory, defaults);
  const auto holders = book.holders({"a", "b", "c", "nobody"});
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].account, "b");
  EXPECT_EQ(book.of("b")->messages, 5U);
  EXPECT_EQ(book.of("nobody").error().code, Errc::kNotFound);
  defaults.maildrop.quota_octets = 100;
  EXPECT_EQ(book.holders({"a", "b", "c"}).size(), 2U) << "c has no limit of its own will";
  EXPECT_FALSE(book.terms_of("a")->each_address);
  defaults.accounts.several_addresses = accounts::SeveralAddresses::kEach;
  directory.accounts["b"].allowance.several_addresses = accounts::SeveralAddresses::kOne;
  EXPECT_TRUE(book.terms_of("a")->each_address);
  EXPECT_FALSE(book.terms_of("b")->each_address);
}

TEST(Quota, OneMoreMailFitsOrNot) {
  const Quota none;
  const Quota octets{.messages = 0, .octets = 1000};
  const Quota messages{.messages = 3, .octets = 0};
  EXPECT_FALSE(would_exceed({.messages = kHuge, .octets = kHuge}, none, kHuge));
  EXPECT_FALSE(would_exceed({.messages = 9, .octets = 900}, octets, 100));
  EXPECT_TRUE(would_exceed({.messages = 9, .octets = 900}, octets, 101));
  EXPECT_FALSE(would_exceed({.messages = 9, .octets = 999}, octets, 0)) << "not announced";
  EXPECT_TRUE(would_exceed({.messages = 9, .octets = 1000}, octets, 0)) << "no mail is empty";
  EXPECT_TRUE(would_exceed({.messages = 9, .octets = 5000}, octets, 0));
  EXPECT_TRUE(would_exceed({.messages = 0, .octets = 0}, octets, ~std::uint64_t{0}));
  EXPECT_FALSE(would_exceed({.messages = 2, .octets = kHuge}, messages, kHuge));
  EXPECT_TRUE(would_exceed({.messages = 3, .octets = 0}, messages, 0));
}

TEST(Quota, TheWarningSaysWhichDeviceHoldsHowMuch) {
  maildrop::ViewInfo own;
  own.holds = true;
  own.waiting = {.messages = 1, .octets = 1U << 20};
  EXPECT_EQ(views_text({own}), "") << "one reader needs no list";
  maildrop::ViewInfo phone = own;
  phone.view = maildrop::View{1};
  phone.name = "phone";
  phone.waiting.messages = 120;
  phone.used = WallTime(std::chrono::seconds(1'700'000'000));
  maildrop::ViewInfo reader = phone;
  reader.name = "reader";
  reader.holds = false;
  maildrop::ViewInfo copy = own;
  copy.view = maildrop::View{2};
  copy.name = "copy";
  copy.of_copy = true;
  const std::string text = views_text({own, phone, reader, copy});
  EXPECT_THAT(text, HasSubstr("(all others)         1 message, 1.0 MiB\r\n"));
  EXPECT_THAT(text,
              HasSubstr("phone                120 messages, 1.0 MiB, last used on 2023-11-14"));
  EXPECT_THAT(text, HasSubstr("copy                 1 message, 1.0 MiB, on the way to a copy\r\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("reader")));
}

TEST(Quota, NobodyIsRefusedAsLongAsOneHasRoom) {
  FakeStore store;
  store.usages = {{"a", {.messages = 5, .octets = 500}}, {"b", {.messages = 1, .octets = 100}}};
  const Quota five{.messages = 5, .octets = 0};
  EXPECT_TRUE(all_are_full(store, {{"a", five}}, 0));
  EXPECT_FALSE(all_are_full(store, {{"a", five}, {"b", five}}, 0));
  EXPECT_TRUE(all_are_full(store, {{"a", five}, {"b", {.messages = 0, .octets = 120}}}, 50));
  store.failures = {{"a", Errc::kIo}};
  EXPECT_FALSE(all_are_full(store, {{"a", five}}, 0)) << "unknown: the delivery will tell";
}

TEST(Quota, TheWarningLevelIsAPartOfALimit) {
  const Quota quota{.messages = 10, .octets = 1000};
  EXPECT_FALSE(at_warning_level({2, 899}, quota, 90));
  EXPECT_TRUE(at_warning_level({2, 900}, quota, 90));
  EXPECT_TRUE(at_warning_level({9, 2}, quota, 90));
  EXPECT_FALSE(at_warning_level({8, 2}, quota, 90));
  EXPECT_FALSE(at_warning_level({10, 1000}, quota, 0)) << "switched off";
  EXPECT_TRUE(at_warning_level({10, 1}, quota, 100));
  EXPECT_FALSE(at_warning_level({9, kHuge}, {.messages = 0, .octets = 0}, 90));
  const Quota huge{.messages = 0, .octets = kHuge};
  EXPECT_FALSE(at_warning_level({0, kHuge / 2 - 1}, huge, 50));
  EXPECT_TRUE(at_warning_level({0, kHuge / 2}, huge, 50));
  const Quota three{.messages = 3, .octets = 0};
  EXPECT_FALSE(at_warning_level({2, 0}, three, 90)) << "90 % of 3 is all 3";
  EXPECT_TRUE(at_warning_level({3, 0}, three, 90));
}

TEST(Quota, TheWarningIsAMailOfShortLines) {
  const QuotaHolder holder{"a b@x.test", {.messages = 10, .octets = 1 << 20}};
  const std::string text =
      warning_message(holder, {.messages = 9, .octets = 1 << 19}, WallTime(std::chrono::days(1)));
  for (const char* part :
       {"Return-Path: <>\r\n", "Delivered-To: \"a b\"@x.test\r\n", "From: postmaster@x.test\r\n",
        "Date: Fri, 02 Jan 1970", "Auto-Submitted: auto-generated\r\n",
        "9 messages, 0.5 MiB in all", "10 messages and 1.0 MiB"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_TRUE(text.ends_with(".\r\n"));
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - start, 78U);
    EXPECT_NE(text[start], '.') << "wire form would need another dot";
    start = end + 2;
  }
}

TEST(Quota, TheWarningIsDeliveredWhateverTheQuota) {
  FakeStore store;
  const QuotaHolder holder{"\xC3\xA9@x.test", {.messages = 1, .octets = 1}};
  EXPECT_TRUE(warn_owner(store, holder, {.messages = 1, .octets = 1}, {}));
  EXPECT_EQ(store.quotas[holder.account].messages, 0U);
  EXPECT_EQ(store.delivered[holder.account].size(), 1U);
  store.failures = {{holder.account, Errc::kFull}};
  EXPECT_EQ(warn_owner(store, holder, {}, {}).error().code, Errc::kFull);
}

}  // namespace
}  // namespace restante::server
