#include "accounts/sqlite/devices.h"

#include "accounts/login/authenticator.h"
#include "accounts/sqlite/test_fixture.h"
#include "base/limits.h"

namespace restante::accounts::sqlite {
namespace {

using testing::ElementsAre;

class SqliteDevices : public SqliteAccounts {
 protected:
  SqliteDevices() {
    EXPECT_TRUE(admin->add("alice", "{PLAIN}secret"));
    settings.default_domain = "x.test";
  }
  std::string make(std::string_view label) {
    const auto made = admin->add_device("Alice", label);
    EXPECT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->account, "alice@x.test");
    return made->password;
  }
  /// The label of the device that this logs in; "-" for the account itself, "" for a refusal.
  std::string login(std::string_view password) {
    auto account = authenticator().check_cached("alice", password);
    if (!account) {
      auto checked = authenticator().check("alice", password);
      if (!checked) return "";
      account = *checked;
    }
    return account->device.empty() ? "-" : account->device;
  }
  Authenticator& authenticator() {
    if (!made_) made_.emplace(*directory, clock, settings);
    return *made_;
  }
  std::vector<std::string> labels() {
    std::vector<std::string> found;
    const auto entries = admin->list_devices("alice");
    for (const DeviceEntry& entry : *entries) found.push_back(entry.label);
    return found;
  }
  std::optional<WallTime> last_used(std::string_view label) {
    const auto entries = admin->list_devices("alice");
    for (const DeviceEntry& entry : *entries)
      if (entry.label == label) return entry.last_used;
    ADD_FAILURE() << label;
    return std::nullopt;
  }

  AuthenticatorSettings settings;
  std::optional<Authenticator> made_;
};

TEST_F(SqliteDevices, EachHasAPasswordOfItsOwn) {
  const std::string phone = make("phone");
  const std::string laptop = make("laptop");
  EXPECT_NE(phone, laptop);
  EXPECT_EQ(login(phone), "phone");
  EXPECT_EQ(login(laptop), "laptop");
  EXPECT_EQ(login("secret"), "-");
  EXPECT_EQ(login("wrong"), "");
  EXPECT_EQ(login("abcde-fghjk-mnpqr-stvwx"), "");
  EXPECT_THAT(labels(), ElementsAre("laptop", "phone"));
  ASSERT_TRUE(admin->set_secret("alice", "{PLAIN}other"));
  EXPECT_EQ(login(phone), "phone") << "a new password of the account leaves its devices alone";
}

TEST_F(SqliteDevices, OfOneAccountOnly) {
  const std::string phone = make("phone");
  ASSERT_TRUE(admin->add("bob", "{PLAIN}secret"));
  EXPECT_FALSE(authenticator().check_cached("bob", phone));
  EXPECT_EQ(code(authenticator().check("bob", phone)), Errc::kAuth);
  EXPECT_EQ(code(authenticator().check("nobody", phone)), Errc::kAuth);
}

TEST_F(SqliteDevices, RevocationCountsAtOnce) {
  const std::string phone = make("phone");
  const std::string laptop = make("laptop");
  EXPECT_EQ(login(phone), "phone");
  EXPECT_EQ(login(phone), "phone");
  ASSERT_TRUE(admin->remove_device("alice", "phone"));
  EXPECT_EQ(login(phone), "");
  EXPECT_EQ(login(laptop), "laptop");
  ASSERT_TRUE(admin->add_device("alice", "phone"));
  EXPECT_EQ(login(phone), "") << "the label is there again, its password is another";
  ASSERT_TRUE(admin->set_enabled("alice", false));
  EXPECT_EQ(login(laptop), "");
  ASSERT_TRUE(admin->set_enabled("alice", true));
  EXPECT_EQ(login(laptop), "laptop");
  ASSERT_TRUE(admin->remove("alice"));
  ASSERT_TRUE(admin->add("alice", "{PLAIN}secret"));
  EXPECT_EQ(login(laptop), "") << "a new account of the name has no devices";
}

TEST_F(SqliteDevices, MistakesAreTold) {
  make("phone");
  EXPECT_EQ(code(admin->add_device("alice", "phone")), Errc::kExists);
  EXPECT_EQ(code(admin->add_device("alice", "a\nb")), Errc::kSyntax);
  EXPECT_EQ(code(admin->add_device("nobody", "phone")), Errc::kNotFound);
  EXPECT_EQ(code(admin->remove_device("alice", "other")), Errc::kNotFound);
  EXPECT_EQ(code(admin->remove_device("nobody", "phone")), Errc::kNotFound);
  EXPECT_EQ(code(admin->list_devices("nobody")), Errc::kNotFound);
  for (std::size_t i = 1; i < limits::kDevicesMax; ++i) make(std::to_string(i));
  EXPECT_EQ(code(admin->add_device("alice", "more")), Errc::kLimit);
  EXPECT_EQ(labels().size(), limits::kDevicesMax);
}

TEST_F(SqliteDevices, TheLastUseIsKeptToTheHour) {
  const std::string phone = make("phone");
  EXPECT_EQ(last_used("phone"), std::nullopt);
  ASSERT_TRUE(directory->save_device_uses());
  const WallTime first = clock.now();
  EXPECT_EQ(login(phone), "phone");
  EXPECT_EQ(last_used("phone"), std::nullopt) << "not while a login waits";
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_EQ(last_used("phone"), first);
  clock.advance(std::chrono::minutes(59));
  EXPECT_EQ(login(phone), "phone");
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_EQ(last_used("phone"), first);
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(login(phone), "phone");
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_EQ(last_used("phone"), first + std::chrono::hours(1));
}

TEST_F(SqliteDevices, AUseThatCannotBeSavedStaysNoted) {
  const std::string phone = make("phone");
  EXPECT_EQ(login(phone), "phone");
  const auto away = dir / "away.db";
  std::filesystem::rename(path, away);
  std::filesystem::create_directory(path);
  EXPECT_FALSE(directory->save_device_uses());
  std::filesystem::remove(path);
  std::filesystem::rename(away, path);
  ASSERT_TRUE(directory->save_device_uses());
  EXPECT_EQ(last_used("phone"), clock.now());
}

TEST_F(SqliteDevices, NothingOfThePasswordIsStored) {
  const std::string phone = make("phone");
  std::string letters = phone;
  std::erase(letters, '-');
  admin.reset();
  directory.reset();
  std::ifstream file(path, std::ios::binary);
  const std::string stored((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(stored.find("phone"), std::string::npos);
  EXPECT_EQ(stored.find(phone), std::string::npos);
  EXPECT_EQ(stored.find(letters), std::string::npos);
}

TEST_F(SqliteAccounts, DevicesOfAllAccountsAreListed) {
  for (const char* const name : {"a", "b", "c", "d@y.test"})
    ASSERT_TRUE(admin->add(name, "{PLAIN}x"));
  for (const char* const name : {"a", "c", "d@y.test"}) {
    ASSERT_TRUE(admin->add_device(name, "phone"));
    ASSERT_TRUE(admin->add_device(name, "laptop"));
  }
  const auto found = [&](const ListRange& range) {
    std::string all;
    EXPECT_TRUE(admin->list_each_account_with_devices(range, [&](const AccountDevices& account) {
      all += account.account + ":" + account.devices.at(0).label + "+" +
             account.devices.at(1).label + " ";
      return true;
    }));
    return all;
  };
  EXPECT_EQ(found({}), "a@x.test:laptop+phone c@x.test:laptop+phone d@y.test:laptop+phone ");
  EXPECT_EQ(found({"", "a@x.test", 1}), "c@x.test:laptop+phone ")
      << "one without any counts for none";
  EXPECT_EQ(found({"y.test"}), "d@y.test:laptop+phone ");
}

}  // namespace
}  // namespace restante::accounts::sqlite
