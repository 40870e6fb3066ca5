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

/// Mails as they were delivered, the first with the sequence number 1. One without octets is
/// damaged.
class FakeContent final : public maildrop::Content {
 public:
  explicit FakeContent(std::vector<std::string> mails) : mails_(std::move(mails)) {
    for (const std::string& mail : mails_) {
      maildrop::StoredMessage message;
      message.info.sequence = Sequence{messages_.size() + 1};
      message.uid = "uid-" + std::to_string(messages_.size() + 1);
      message.intact = !mail.empty();
      messages_.push_back(std::move(message));
    }
  }
  [[nodiscard]] std::size_t count() const override { return mails_.size(); }
  [[nodiscard]] const maildrop::StoredMessage& message(std::size_t index) const override {
    return messages_[index];
  }
  Status read(std::size_t index, const Sink& sink) override { return sink(mails_[index]); }

 private:
  const std::vector<std::string> mails_;
  std::vector<maildrop::StoredMessage> messages_;
};

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
    if (message.uid && !uids.emplace(account, *message.uid).second) return Error(Errc::kExists);
    if (deliveries_until_full && (*deliveries_until_full)-- == 0) return Error(Errc::kFull);
    std::string body(message.body.size(), '\0');
    EXPECT_TRUE(message.body.read(0, std::as_writable_bytes(std::span(body))));
    EXPECT_EQ(message.octets, message.prefix.size() + body.size());
    delivered[account].push_back(message.prefix + body);
    quotas[account] = message.quota;
    flags[account] = message.flags;
    maildrop::Receipt receipt;
    receipt.uid = message.uid.value_or(std::string());
    receipt.before = usages[account];
    receipt.released = released[account];
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
  Result<maildrop::Usage> least_usage(const Account& account) override { return usage(account); }
  std::optional<maildrop::Usage> usage_cached(const Account&) override { return std::nullopt; }
  Result<std::unique_ptr<maildrop::Session>> open_trash(const Account&,
                                                        std::chrono::seconds) override {
    return Error(Errc::kState);
  }
  Result<maildrop::View> make_view(const Account&, const maildrop::NewView&) override {
    return Error(Errc::kState);
  }
  Result<maildrop::FoundView> find_view(const Account&, std::string_view) override {
    return Error(Errc::kNotFound);
  }
  std::optional<Result<maildrop::FoundView>> find_view_cached(const Account&,
                                                              std::string_view) override {
    return std::nullopt;
  }
  Status end_view(const Account&, maildrop::View) override { return Error(Errc::kState); }
  Status set_role(const Account&, maildrop::View, maildrop::ViewRole) override {
    return Error(Errc::kState);
  }
  Result<std::vector<maildrop::ViewInfo>> views(const Account&) override {
    return std::vector<maildrop::ViewInfo>();
  }
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
  Result<maildrop::StoredMaildrop> stored(const Account& account) override {
    const auto mails = delivered.find(account);
    if (mails == delivered.end()) return maildrop::StoredMaildrop{account, place_of(account)};
    std::uint64_t bytes = 0;
    for (const std::string& mail : mails->second) bytes += mail.size();
    return maildrop::StoredMaildrop{account, place_of(account), true, bytes};
  }
  Result<std::vector<maildrop::StoredMaildrop>> all_stored() override {
    std::vector<maildrop::StoredMaildrop> all;
    for (const auto& [name, mails] : delivered) all.push_back(*stored(name));
    return all;
  }
  std::optional<WallTime> last_written() override { return std::nullopt; }
  Result<maildrop::CheckReport> check_stored(const maildrop::StoredMaildrop& maildrop,
                                             maildrop::CheckDepth depth,
                                             const maildrop::Pace& pace) override {
    depths.push_back(depth);
    return check(maildrop.name, pace);
  }
  Result<maildrop::CheckReport> check(const Account& account, const maildrop::Pace& pace) override {
    if (failures.contains(account)) return Error(failures.at(account));
    const auto kept = *stored(account);
    if (!kept.exists) return Error(Errc::kNotFound);
    if (pace && !pace(kept.bytes)) return Error(Errc::kClosed);
    maildrop::CheckReport report;
    report.account = account;
    report.bytes = kept.bytes;
    report.messages = report.live = {delivered[account].size(), kept.bytes};
    report.live_octets = kept.bytes;
    report.findings = findings[account];
    return report;
  }
  Result<std::unique_ptr<maildrop::Content>> content(const Account& account,
                                                     const maildrop::Pace&) override {
    return std::unique_ptr<maildrop::Content>(std::make_unique<FakeContent>(delivered[account]));
  }
  Status close() override { return ok(); }

  static std::string place_of(const Account& account) { return "shelf of " + account; }

  std::map<Account, Errc> failures;  ///< Of every call for that account.
  std::optional<int> deliveries_until_full;
  std::map<Account, std::vector<std::string>> released;  ///< By the next deliveries.
  std::map<Account, maildrop::Usage> usages;
  std::map<Account, std::vector<std::string>> delivered;
  std::set<std::pair<Account, std::string>> uids;      ///< That messages brought along.
  std::map<Account, maildrop::Quota> quotas;           ///< Of the last delivery.
  std::map<Account, maildrop::MessageFlags> flags;     ///< The same.
  std::map<Account, maildrop::UpkeepPolicy> policies;  ///< Of the last upkeep.
  std::atomic<int> upkeeps = 0;
  std::map<Account, std::vector<maildrop::Finding>> findings;  ///< What a check says.
  std::vector<maildrop::CheckDepth> depths;                    ///< Of the checks by place.
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
