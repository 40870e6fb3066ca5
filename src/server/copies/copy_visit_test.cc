#include "server/copies/copy_visit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "accounts/test_support.h"
#include "disk/memory.h"
#include "maildrop/doors/open.h"
#include "server/delivery/spool.h"

namespace restante::server {
namespace {

using namespace std::chrono_literals;
using Kind = CopyVerdict::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kAlice = "alice@x.test";

/// What a target has, and what it says.
struct FakeTarget {
  std::vector<std::string> mails;
  std::vector<std::string> senders;
  std::vector<std::string> recipients;
  std::vector<CopyVerdict> answers;  ///< For the next messages; then all are taken.
};

class FakeCopySession : public CopySession {
 public:
  explicit FakeCopySession(FakeTarget& target) : target_(target) {}
  CopyVerdict give(const CopyMessage& message) override {
    CopyVerdict verdict;
    if (!target_.answers.empty()) {
      verdict = target_.answers.front();
      target_.answers.erase(target_.answers.begin());
    }
    if (verdict.kind != Kind::kTaken) return verdict;
    std::string text(message.beginning);
    std::string piece(4096, '\0');
    for (;;) {
      const auto got = message.rest.read(std::as_writable_bytes(std::span(piece)));
      if (!got || *got == 0) break;
      text.append(piece, 0, *got);
    }
    EXPECT_EQ(text.size(), message.wire_bytes());
    target_.mails.push_back(text.substr(text.find("\r\n\r\n") + 4));
    target_.senders.push_back(message.mail.sender);
    target_.recipients.push_back(message.recipient);
    return verdict;
  }

 private:
  FakeTarget& target_;
};

class Visit : public ::testing::Test {
 protected:
  Visit() {
    store_ = *maildrop::open_store(disk_, maildrop::StoreSettings("/data", clock_));
    account_.name = account_.called = kAlice;
  }

  accounts::Copy& add_copy(const std::string& label) {
    maildrop::NewView view;
    view.name = label;
    view.start.from = maildrop::ViewStart::From::kNow;
    view.of_copy = true;
    EXPECT_TRUE(store_->make_view(kAlice, view));
    return account_.copies.emplace_back(accounts::Copy{label, "lmtp:" + label + ".test:24"});
  }
  void deliver(const std::string& text, const std::string& account = kAlice,
               const std::string& head = "Return-Path: <bob@y.test>\r\n") {
    Spool body("/none");
    const std::string mail = head + "Delivered-To: " + account + "\r\n\r\n" + text + "\r\n";
    body.append(mail);
    maildrop::NewMessage message("", body, mail.size());
    message.arrived = clock_.now();
    ASSERT_TRUE(store_->deliver(account, message));
  }
  CopyVisitResult visit() {
    const CopyVisitParts parts{
        *store_,
        queue_,
        *targets_,
        clock_,
        rate_,
        5 * 24h,
        [this](const copies::Target& target) -> Result<std::unique_ptr<CopySession>> {
          if (target.host == "unknown.test") return Error(Errc::kState, "not configured");
          return std::make_unique<FakeCopySession>(targets_by_host_[target.host]);
        },
        [this] { return stopped_; },
        [this](const accounts::AccountCopy&, const std::string&, std::uint64_t,
               const CopyVerdict& verdict) { told_.push_back(verdict.kind); }};
    return CopyVisit(parts, account_).run();
  }
  FakeTarget& target(const std::string& label) { return targets_by_host_[label + ".test"]; }
  std::size_t waiting(const std::string& view) {
    const auto views = *store_->views(kAlice);
    for (const maildrop::ViewInfo& info : views)
      if (info.name == view) return info.waiting.messages;
    return 999;
  }
  std::vector<copies::Setback> rows() { return *queue_.queue.all(); }

  accounts::TempDir folder_;
  ManualClock clock_{WallTime(10'000h)};
  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> store_;
  SharedQueue queue_{*copies::Queue::open(folder_ / "copies.db")};
  std::unique_ptr<CopyTargets> targets_ = *CopyTargets::load({});
  CopiedAccount account_;
  std::map<std::string, FakeTarget> targets_by_host_;
  std::vector<Kind> told_;
  bool stopped_ = false;
  std::uint32_t rate_ = 0;
};

TEST_F(Visit, NewMailGoesOutOnceWithItsSender) {
  deliver("before the copy");
  add_copy("copy");
  deliver("one");
  deliver("two", kAlice, "Return-Path: <>\r\n");
  const auto first = visit();
  EXPECT_THAT(target("copy").mails, ElementsAre("one\r\n", "two\r\n"));
  EXPECT_THAT(target("copy").senders, ElementsAre("bob@y.test", ""));
  EXPECT_THAT(target("copy").recipients, ElementsAre(kAlice, kAlice));
  EXPECT_FALSE(first.next);
  static_cast<void>(visit());
  EXPECT_EQ(target("copy").mails.size(), 2U);
  EXPECT_EQ(waiting("default"), 3U) << "a copy takes nothing from its owner";
  EXPECT_EQ(waiting("copy"), 0U);
}

TEST_F(Visit, ATemporaryAnswerWaitsLongerEachTime) {
  add_copy("copy").as = "other@y.test";
  deliver("one");
  target("copy").answers = {{Kind::kLater, "451 not now"}, {Kind::kUnanswered, "no answer"}};
  const auto first = visit();
  ASSERT_TRUE(first.next);
  EXPECT_EQ(*first.next, clock_.now() + 1min);
  static_cast<void>(visit());
  EXPECT_EQ(told_.size(), 1U) << "it is not tried again before its time";
  clock_.advance(1min);
  EXPECT_EQ(visit().next, clock_.now() + 2min);
  clock_.advance(2min);
  static_cast<void>(visit());
  EXPECT_THAT(target("copy").recipients, ElementsAre("other@y.test"));
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(Visit, WhatIsRefusedIsSetAsideAndTheNextGoes) {
  add_copy("copy");
  deliver("one");
  deliver("two");
  target("copy").answers = {{Kind::kRefused, "550 no"}};
  const auto result = visit();
  EXPECT_THAT(target("copy").mails, ElementsAre("two\r\n"));
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_TRUE(rows()[0].is_set_aside);
  EXPECT_EQ(rows()[0].reason, "550 no");
  EXPECT_EQ(result.states.at(0).set_aside, 1U);
  EXPECT_EQ(result.states.at(0).waiting, 0U);
  EXPECT_FALSE(result.next);
  clock_.advance(1000h);
  static_cast<void>(visit());
  EXPECT_EQ(target("copy").mails.size(), 1U) << "nobody asked for another try";
  EXPECT_EQ(waiting("copy"), 1U) << "it is kept";
  ASSERT_EQ(*queue_.queue.retry("", "", "", clock_.now()), 1U);
  static_cast<void>(visit());
  EXPECT_THAT(target("copy").mails, ElementsAre("two\r\n", "one\r\n"));
}

TEST_F(Visit, ATargetThatIsDownRestsForAllItsMessages) {
  add_copy("copy");
  deliver("one");
  deliver("two");
  target("copy").answers = {{Kind::kDown, "connection refused"}};
  const auto first = visit();
  EXPECT_EQ(first.next, clock_.now() + 1min);
  EXPECT_EQ(first.states.at(0).trouble, "connection refused");
  EXPECT_EQ(told_.size(), 1U) << "the second message was not offered";
  EXPECT_EQ(visit().states.at(0).trouble, "connection refused");
  EXPECT_EQ(told_.size(), 1U);
  clock_.advance(1min);
  static_cast<void>(visit());
  EXPECT_EQ(target("copy").mails.size(), 2U);
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(Visit, AfterThreeFailuresTheRestWaits) {
  add_copy("copy");
  for (int i = 0; i < 5; ++i) deliver("mail");
  for (int i = 0; i < 5; ++i) target("copy").answers.push_back({Kind::kLater, "452 full"});
  static_cast<void>(visit());
  EXPECT_EQ(told_.size(), 3U);
}

TEST_F(Visit, ATargetThatIsNotConfiguredSaysSo) {
  add_copy("unknown");
  deliver("one");
  const auto result = visit();
  EXPECT_EQ(result.states.at(0).trouble, "not configured");
  EXPECT_EQ(waiting("unknown"), 1U);
}

TEST_F(Visit, TheRateOfATargetHolds) {
  rate_ = 1;
  add_copy("copy");
  deliver("one");
  deliver("two");
  EXPECT_EQ(visit().next, clock_.now() + 5s);
  EXPECT_EQ(target("copy").mails.size(), 1U);
}

TEST_F(Visit, APausedCopyWaits) {
  add_copy("copy").paused = true;
  deliver("one");
  EXPECT_EQ(visit().states.at(0).waiting, 1U);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Visit, ALoopEnds) {
  add_copy("copy");
  deliver("round", kAlice, "Return-Path: <b@y.test>\r\nDelivered-To: " + kAlice + "\r\n");
  static_cast<void>(visit());
  EXPECT_THAT(target("copy").mails, IsEmpty());
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_THAT(rows()[0].reason, HasSubstr("loop"));
}

TEST_F(Visit, InsteadTakesItFromItsOwnerWhenAllHaveIt) {
  add_copy("a");
  account_.copies.reserve(2);
  add_copy("b");
  for (accounts::Copy& copy : account_.copies) copy.instead = true;
  deliver("one");
  target("b").answers = {{Kind::kLater, "451"}};
  static_cast<void>(visit());
  EXPECT_EQ(waiting("default"), 1U) << "b has not got it yet";
  EXPECT_EQ(waiting("a"), 0U);
  clock_.advance(1min);
  static_cast<void>(visit());
  EXPECT_EQ(waiting("default"), 0U);
  EXPECT_EQ(target("b").mails.size(), 1U);
}

TEST_F(Visit, ARefusedMessageStaysWithItsOwnerAlsoInstead) {
  add_copy("a").instead = true;
  deliver("one");
  target("a").answers = {{Kind::kRefused, "550"}};
  static_cast<void>(visit());
  EXPECT_EQ(waiting("default"), 1U);
}

TEST_F(Visit, AfterDaysTheOwnerIsToldOnce) {
  add_copy("copy");
  deliver("one");
  deliver("two");
  for (int i = 0; i < 400; ++i) target("copy").answers.push_back({Kind::kDown, "no route"});
  for (int i = 0; i < 7 * 24; ++i) {
    static_cast<void>(visit());
    clock_.advance(1h);
  }
  EXPECT_EQ(waiting("default"), 3U) << "both, and one notice";
  const auto entries = *store_->list(kAlice, maildrop::View::kDefault);
  const auto at = entries.back().info.arrived;
  EXPECT_GE(at, WallTime(10'000h) + 5 * 24h);
  EXPECT_LE(at, WallTime(10'000h) + 5 * 24h + 1h);
}

TEST_F(Visit, WithAnyFaultOfTheDiskNothingIsLost) {
  for (std::uint64_t nth = 0;; ++nth) {
    store_ = *maildrop::open_store(disk_, maildrop::StoreSettings("/data", clock_));
    account_.name = account_.called = "a" + std::to_string(nth) + "@x.test";
    account_.copies.clear();
    target("copy").mails.clear();
    maildrop::NewView view;
    view.name = "copy";
    view.of_copy = true;
    ASSERT_TRUE(store_->make_view(account_.name, view));
    account_.copies.push_back({"copy", "lmtp:copy.test:24"});
    deliver("one", account_.name);
    disk_.fail_at(nth, disk::Fault::kShortWrite);
    static_cast<void>(visit());
    const bool was_reached = disk_.fault_reached();
    disk_.fail_nothing();
    // After a failed sync a maildrop is whole again when the server has been started anew.
    store_ = *maildrop::open_store(disk_, maildrop::StoreSettings("/data", clock_));
    clock_.advance(2h);
    static_cast<void>(visit());
    EXPECT_THAT(target("copy").mails.size(), ::testing::AnyOf(1U, 2U)) << nth;
    const auto session = store_->open(account_.name, maildrop::View::kDefault);
    ASSERT_TRUE(session);
    EXPECT_EQ((*session)->count(), 1U) << nth;
    EXPECT_EQ(visit().states.at(0).waiting, 0U) << nth;
    if (!was_reached) break;
    ASSERT_LT(nth, 200U);
  }
}

TEST_F(Visit, AViewOfALoginIsLeftAlone) {
  maildrop::NewView view;
  view.name = "phone";
  EXPECT_TRUE(store_->make_view(kAlice, view));
  account_.copies.push_back({"phone", "lmtp:phone.test:24"});
  deliver("one");
  const auto result = visit();
  EXPECT_THAT(target("phone").mails, IsEmpty());
  EXPECT_THAT(result.states.at(0).trouble, HasSubstr("another's"));
}

TEST_F(Visit, AViewThatIsMissingIsAskedForSeldom) {
  deliver("one");
  account_.copies.push_back({"copy", "lmtp:copy.test:24"});
  EXPECT_EQ(visit().next, clock_.now() + 1h);
}

TEST_F(Visit, NothingIsBegunWhenTheServerStops) {
  add_copy("copy");
  deliver("one");
  stopped_ = true;
  static_cast<void>(visit());
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(waiting("copy"), 1U);
}

}  // namespace
}  // namespace restante::server
