#include "fetch/hand_on/multidrop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kOurs =
    "Received: from a.example (a.example [192.0.2.1])\n\tby MX.ours.test (Postfix) with ESMTP id 1;"
    " Sun, 29 Nov 2026 10:00:00 +0000\n";

std::vector<std::string> addresses(const std::string& header) {
  return envelope_addresses(header, "X-Original-To", "mx.ours.test");
}

TEST(Multidrop, AddressesAreWhatOurHostWroteAboveItsReceived) {
  const std::string ours(kOurs);
  EXPECT_THAT(addresses("X-Original-To: Ann@Ours.test\n" + ours), ElementsAre("ann@ours.test"));
  EXPECT_THAT(
      addresses("x-original-to: <a@x>\nReturn-Path: <e@x>\nX-Original-To:\n b@x, c@x\n" + ours),
      ElementsAre("a@x", "b@x", "c@x"));
  EXPECT_THAT(addresses("X-Original-To: a@x\nReceived: from b by inner.test with LMTP; x\n" + ours),
              ElementsAre("a@x"));
}

TEST(Multidrop, WhatTheSenderWroteIsNotBelieved) {
  const std::string ours(kOurs);
  EXPECT_THAT(addresses(ours + "X-Original-To: boss@ours.test\n" + ours), IsEmpty());
  EXPECT_THAT(addresses("X-Original-To: a@x\n" + ours + "X-Original-To: boss@ours.test\n"),
              ElementsAre("a@x"));
  EXPECT_THAT(addresses("X-Original-To: a@x\n"), IsEmpty());
  EXPECT_THAT(addresses(""), IsEmpty());
}

// A sender's name of itself stands in our host's line, and must not hide that it is ours.
TEST(Multidrop, AGreetingCannotHideOurLine) {
  const std::string forged = "X-Original-To: boss@ours.test\n" + std::string(kOurs);
  for (const std::string greeting :
       {"by", "x.test (by evil.test", "\"by evil.test", "by by evil.test", "x by evil.test (y",
        "x by evil.test \"y"}) {
    const std::string line =
        "Received: from " + greeting + " ([192.0.2.9]) by mx.ours.test (Postfix); Sun\n";
    EXPECT_THAT(addresses(line + forged), IsEmpty()) << greeting;
  }
}

TEST(Multidrop, TargetsAreChosenByAddressAndOtherMailHasOne) {
  profile::Account account;
  account.envelope = "X-Original-To";
  account.envelope_host = "mx.ours.test";
  account.unsorted = "postmaster";
  for (const auto& [name, rule] :
       {std::pair("ann", "Ann@ours.test"), std::pair("kids", "@kids.test"),
        std::pair("postmaster", "root@ours.test")}) {
    profile::HandOn target;
    target.name = name;
    target.addresses = {rule};
    account.hand_on.push_back(target);
  }
  const auto to = [&](const std::string& list) {
    return sorted_targets(account, "X-Original-To: " + list + "\n" + std::string(kOurs));
  };
  EXPECT_THAT(to("ann@ours.test"), ElementsAre("ann"));
  EXPECT_THAT(to("x@kids.test, ann@ours.test, y@kids.test"), ElementsAre("ann", "kids"));
  EXPECT_THAT(to("x@sub.kids.test"), ElementsAre("postmaster"));
  EXPECT_THAT(sorted_targets(account, "To: ann@ours.test\n"), ElementsAre("postmaster"));
}

}  // namespace
}  // namespace restante::fetch
