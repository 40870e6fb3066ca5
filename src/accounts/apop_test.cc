#include "accounts/apop.h"

#include <gtest/gtest.h>

namespace restante::accounts {
namespace {

class OneAccount : public Directory {
 public:
  explicit OneAccount(std::string secret) { account_.secret = std::move(secret); }
  Result<Account> find(std::string_view name) override {
    if (name != "mrose@example.test") return Error(Errc::kNotFound);
    return account_;
  }
  Result<std::vector<std::string>> find_alias(std::string_view) override {
    return Error(Errc::kNotFound);
  }
  Result<bool> has_domain(std::string_view) override { return true; }
  Account account_{"mrose@example.test", "", true};
};

// The example of RFC 1939 s.7.
const ApopAttempt kRight("mrose", "<1896.697170952@dbc.mtview.ca.us>",
                         "c4c9334bac560ecc979e58001b3e22fb");
const NameRules kRules("example.test", true);

TEST(Apop, TakesTheExampleOfTheRfc) {
  OneAccount directory("{PLAIN}tanstaaf");
  const auto account = check_apop(directory, kRules, kRight);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, "mrose@example.test");
}

TEST(Apop, RefusesEverythingElseAlike) {
  const auto refused = [](const std::string& secret, const ApopAttempt& attempt, bool enabled) {
    OneAccount directory(secret);
    directory.account_.enabled = enabled;
    const auto account = check_apop(directory, kRules, attempt);
    return !account && account.error().code == Errc::kAuth;
  };
  EXPECT_TRUE(refused("{PLAIN}wrong", kRight, true));
  EXPECT_TRUE(refused("{PLAIN}tanstaaf", kRight, false));
  EXPECT_TRUE(refused("{PLAIN}", kRight, true));
  EXPECT_TRUE(refused("$argon2id$tanstaaf", kRight, true));
  for (const std::string digest :
       {"", "c4c9334bac560ecc979e58001b3e22f", "c4c9334bac560ecc979e58001b3e22fc"})
    EXPECT_TRUE(refused("{PLAIN}tanstaaf", ApopAttempt("mrose", kRight.timestamp, digest), true));
  EXPECT_TRUE(
      refused("{PLAIN}tanstaaf", ApopAttempt("nobody", kRight.timestamp, kRight.digest), true));
}

}  // namespace
}  // namespace restante::accounts
