// For tests only: a store that remembers what it was asked, and fails where it was told to; and
// services made of it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "accounts/test_support.h"
#include "maildrop/store.h"
#include "server/common/services.h"

namespace restante::server {

class FakeStore : public maildrop::Store {
 public:
  using Account = std::string;

  Result<std::unique_ptr<maildrop::Session>> open(const Account&, maildrop::View) override {
    return Error(Errc::kState);
  }
  std::optional<Result<std::unique_ptr<maildrop::Session>>> open_cached(const Account&,
                                                                        maildrop::View) override {
    return std::nullopt;
  }
  Result<maildrop::Receipt> deliver(const Account& account,
                                    const maildrop::NewMessage& message) override {
    const std::lock_guard lock(mutex_);
    if (failures.contains(account)) return Error(failures.at(account));
    if (deliveries_until_full && (*deliveries_until_full)-- == 0) return Error(Errc::kFull);
    std::string body(message.body.size(), '\0');
    EXPECT_TRUE(message.body.read(0, std::as_writable_bytes(std::span(body))));
    EXPECT_EQ(message.octets, message.prefix.size() + body.size());
    delivered[account].push_back(message.prefix + body);
    quotas[account] = message.quota;
    maildrop::Receipt receipt;
    receipt.before = usages[account];
    return receipt;
  }
  std::vector<Result<maildrop::Receipt>> deliver_together(
      const Account& account, const std::vector<const maildrop::NewMessage*>& messages) override {
    std::vector<Result<maildrop::Receipt>> outcomes;
    for (const auto* message : messages) outcomes.push_back(deliver(account, *message));
    return outcomes;
  }
  Result<maildrop::Usage> usage(const Account& account) override {
    const std::lock_guard lock(mutex_);
    if (failures.contains(account)) return Error(failures.at(account));
    return usages[account];
  }
  std::optional<maildrop::Usage> usage_cached(const Account&) override { return std::nullopt; }
  Result<std::vector<Account>> accounts() override {
    std::vector<Account> names;
    for (const auto& [name, mails] : delivered) names.push_back(name);
    return names;
  }
  Result<std::vector<Account>> undelete(const Account&, maildrop::View,
                                        const maildrop::UndeleteRequest&) override {
    return Error(Errc::kState);
  }
  Result<maildrop::UpkeepReport> upkeep(const Account& account,
                                        const maildrop::UpkeepPolicy& policy,
                                        const maildrop::Pace& pace) override {
    if (!pace(1)) return Error(Errc::kClosed);
    if (failures.contains(account)) return Error(failures.at(account));
    policies[account] = policy;
    ++upkeeps;
    return upkeep_report;
  }
  Result<maildrop::RepairReport> repair(const Account&, const maildrop::Pace&) override {
    return Error(Errc::kState);
  }
  Result<maildrop::HealReport> heal(const Account&, const std::string&,
                                    const maildrop::Pace&) override {
    return Error(Errc::kState);
  }
  Result<bool> purge(const Account&) override { return false; }
  Result<std::vector<Entry>> list(const Account&, maildrop::View) override {
    return Error(Errc::kState);
  }
  Status close() override { return ok(); }

  std::map<Account, Errc> failures;  ///< Of every call for that account.
  std::optional<int> deliveries_until_full;
  std::map<Account, maildrop::Usage> usages;
  std::map<Account, std::vector<std::string>> delivered;
  std::map<Account, maildrop::Quota> quotas;           ///< Of the last delivery.
  std::map<Account, maildrop::UpkeepPolicy> policies;  ///< Of the last upkeep.
  std::atomic<int> upkeeps = 0;
  maildrop::UpkeepReport upkeep_report;

 private:
  std::mutex mutex_;  ///< For deliveries, which come from several threads.
};

/// What a part of the server that needs all of them is given.
struct TestServices {
  explicit TestServices(const Clock& c = system_clock()) : clock(c) {}

  const Clock& clock;
  FakeStore store;
  accounts::MemoryDirectory directory;
  accounts::Authenticator authenticator{directory, clock, {}};
  accounts::Router router{directory, {}};
  net::BlockingPool pool{1};
  AccountPools account_pools{directory};
  Services services{store,         directory, authenticator, router,    pool,   pool,
                    account_pools, clock,     LoginDelays(), Metrics(), nullptr};
};

}  // namespace restante::server
