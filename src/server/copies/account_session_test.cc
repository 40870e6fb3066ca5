#include "server/copies/account_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/doors/open.h"
#include "server/common/test_support.h"
#include "server/delivery/spool.h"

namespace restante::server {
namespace {

using Kind = CopyVerdict::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kAlice = "alice@x.test";
const std::string kBob = "bob@x.test";

/// A message in a real maildrop, given to an account of a store that remembers all.
class AccountCopy : public ::testing::Test {
 protected:
  AccountCopy() {
    source_ = *maildrop::open_store(disk_, maildrop::StoreSettings("/data", system_clock()));
    Spool body("/none");
    const std::string mail =
        "Return-Path: <\"a b\"@y.test>\r\nDelivered-To: alice@x.test\r\n\r\nhello\r\n" +
        std::string(100'000, 'x') + "\r\n";
    body.append(mail);
    maildrop::NewMessage message("", body, mail.size());
    EXPECT_TRUE(source_->deliver(kAlice, message));
    session_ = *source_->open(kAlice, maildrop::View::kDefault);
    session_->append_uid(MessageNumber{1}, uid_);
    all_.directory.add(kBob);
    auto settings = std::make_shared<Settings>();
    settings->config.data_dir = "/tmp";
    settings->config.maildrop.reserve = 0;
    settings_ = settings;
  }

  CopyVerdict give(const std::string& address) {
    auto target = make_account_session(all_.services, settings_, address);
    auto reader = *session_->read(MessageNumber{1});
    std::string beginning(200, '\0');
    EXPECT_EQ(*reader->read(std::as_writable_bytes(std::span(beginning))), 200U);
    const CopiedMail mail = look_at_mail(beginning, {kAlice});
    const CopyMessage message{
        reader->info(), uid_,   mail,    std::string_view(beginning).substr(mail.return_path),
        *reader,        kAlice, "unused"};
    return target->give(message);
  }

  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> source_;
  std::unique_ptr<maildrop::Session> session_;
  std::string uid_;
  TestServices all_;
  SettingsPtr settings_;
};

TEST_F(AccountCopy, IsDeliveredWithATraceOfItsOwn) {
  EXPECT_EQ(give(kBob).kind, Kind::kTaken);
  ASSERT_EQ(all_.store.delivered[kBob].size(), 1U);
  EXPECT_THAT(all_.store.delivered[kBob][0],
              AllOf(StartsWith("Return-Path: <\"a b\"@y.test>\r\nDelivered-To: bob@x.test\r\n"
                               "Delivered-To: alice@x.test\r\n\r\nhello\r\n"),
                    HasSubstr(std::string(100'000, 'x') + "\r\n")));
}

TEST_F(AccountCopy, ASecondTryMakesNoSecondMessage) {
  // The store says that it has this unique id.
  all_.store.failures[kBob] = Errc::kExists;
  EXPECT_EQ(give(kBob).kind, Kind::kTaken);
}

TEST_F(AccountCopy, AnAliasLeadsToItsAccounts) {
  all_.directory.add("carol@x.test");
  all_.directory.aliases["both@x.test"] = {kBob, "carol@x.test"};
  EXPECT_EQ(give("both@x.test").kind, Kind::kTaken);
  EXPECT_EQ(all_.store.delivered[kBob].size(), 1U);
  EXPECT_EQ(all_.store.delivered["carol@x.test"].size(), 1U);
}

TEST_F(AccountCopy, NoSuchAccountIsForEver) {
  EXPECT_EQ(give("nobody@x.test").kind, Kind::kRefused);
}

TEST_F(AccountCopy, WhatMayPassIsTriedAgain) {
  all_.store.failures[kBob] = Errc::kLimit;
  EXPECT_EQ(give(kBob).kind, Kind::kLater) << "over its quota";
  all_.store.failures.clear();
  all_.directory.broken = true;
  EXPECT_EQ(give(kBob).kind, Kind::kLater);
}

TEST_F(AccountCopy, AnAccountElsewhereGetsNone) {
  all_.directory.accounts[kBob].route =
      std::make_shared<const accounts::Route>(accounts::Route{"pop3s://far.test:995"});
  const auto verdict = give(kBob);
  EXPECT_EQ(verdict.kind, Kind::kRefused);
  EXPECT_THAT(verdict.reason, HasSubstr("another server"));
  all_.directory.accounts[kBob].route =
      std::make_shared<const accounts::Route>(accounts::Route{"here"});
  EXPECT_EQ(give(kBob).kind, Kind::kTaken) << "though its domain's accounts are elsewhere";
}

}  // namespace
}  // namespace restante::server
