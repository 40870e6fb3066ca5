// For tests only: accounts in a back end that may be slow, or down, and what is set for them in a
// database of its own, with both sides of it open.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/chain/elsewhere_admin.h"
#include "accounts/login/authenticator.h"
#include "accounts/own/admin.h"
#include "accounts/own/directory.h"
#include "accounts/sqlite/settings_reader.h"
#include "accounts/sqlite/settings_table.h"
#include "accounts/test_support.h"

namespace restante::accounts::own {

inline Errc code(const auto& result) { return result ? Errc{} : result.error().code; }

/// A MemoryDirectory that the test owns.
class BackEnd : public Directory {
 public:
  explicit BackEnd(MemoryDirectory& directory, const bool& slow)
      : directory_(directory), slow_(slow) {}
  [[nodiscard]] bool is_slow() const override { return slow_; }
  Result<Account> find(std::string_view name) override { return directory_.find(name); }
  Result<Account> find_alike(std::string_view name) override { return directory_.find_alike(name); }
  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    return directory_.find_alias(address);
  }
  Result<bool> has_domain(std::string_view domain) override {
    return directory_.has_domain(domain);
  }
  [[nodiscard]] std::string place_of(const Account& /*account*/) const override { return "far"; }

 private:
  MemoryDirectory& directory_;
  const bool& slow_;
};

class OwnSettings : public testing::Test {
 protected:
  OwnSettings() { accounts.add("alice@x.test"); }

  std::unique_ptr<Directory> open_directory() {
    return make_directory(std::make_unique<BackEnd>(accounts, slow),
                          *sqlite::open_settings_reader(path));
  }
  std::unique_ptr<AccountAdmin> open_admin() {
    Parts parts;
    parts.back_end = make_elsewhere_admin("far");
    parts.directory = open_directory();
    parts.settings = *sqlite::open_settings_writer(path);
    parts.names = names;
    return make_admin(std::move(parts), clock);
  }
  /// "-" for the account itself, a device's label, or "" for a refusal; "!" when the back end
  /// cannot say.
  std::string login(std::string_view password, std::string_view peer = "") {
    auto account = authenticator.check_cached("alice", password, peer);
    if (!account) {
      auto checked = authenticator.check("alice", password, peer);
      if (!checked) return checked.error().code == Errc::kIo ? "!" : "";
      account = *std::move(checked);
    }
    return account->device.empty() ? "-" : account->device;
  }
  std::string remembered(std::string_view password, std::string_view peer = "") {
    const auto account = authenticator.check_cached("alice", password, peer);
    if (!account) return "";
    return account->device.empty() ? "-" : account->device;
  }
  std::string make_device(std::string_view label) {
    const auto made = admin->add_device("alice", label);
    EXPECT_TRUE(made) << made.error().message();
    return made ? made->password : "";
  }
  static std::shared_ptr<const Networks> networks(std::string_view text) {
    return std::make_shared<const Networks>(*Networks::parse(text));
  }

  TempDir dir;
  const std::filesystem::path path = dir / "accounts.db";
  ManualClock clock{WallTime(std::chrono::milliseconds(1'700'000'000'123))};
  const NameRules names{"x.test", true};
  MemoryDirectory accounts;
  bool slow = false;
  std::unique_ptr<Directory> directory = open_directory();
  std::unique_ptr<AccountAdmin> admin = open_admin();
  AuthenticatorSettings settings_of_logins() {
    AuthenticatorSettings settings;
    settings.default_domain = "x.test";
    return settings;
  }
  Authenticator authenticator{*directory, clock, settings_of_logins()};
};

}  // namespace restante::accounts::own
