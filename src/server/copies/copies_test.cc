#include "server/copies/copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>

#include "server/common/test_support.h"

namespace restante::server {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const std::string kAlice = "alice@x.test";

/// Accounts whose copies a test changes while they are asked for.
class ChangingDirectory : public accounts::MemoryDirectory {
 public:
  Result<std::vector<accounts::AccountCopy>> copies() override {
    const std::lock_guard lock(mutex_);
    ++asked_;
    changed_.notify_all();
    return copies_;
  }
  void set(std::vector<accounts::AccountCopy> copies) {
    const std::lock_guard lock(mutex_);
    copies_ = std::move(copies);
  }
  /// Until they were asked for twice more: then the first of these answers counts.
  void await_refresh() {
    std::unique_lock lock(mutex_);
    const int until = asked_ + 2;
    changed_.wait(lock, [&] { return asked_ >= until; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<accounts::AccountCopy> copies_;
  int asked_ = 0;
};

/// A store whose views can be held back.
class HeldStore : public FakeStore {
 public:
  Result<maildrop::FoundView> find_view(const Account&, std::string_view) override {
    std::unique_lock lock(mutex_);
    ++visits_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_held_; });
    return Error(Errc::kNotFound, "no such view");
  }
  void hold(bool is_held) {
    const std::lock_guard lock(mutex_);
    is_held_ = is_held;
    changed_.notify_all();
  }
  void await_visit() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return visits_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_held_ = false;
  int visits_ = 0;
};

class CopiesTest : public ::testing::Test {
 protected:
  CopiesTest() {
    auto settings = std::make_shared<Settings>();
    settings->config.data_dir = folder_.path();
    settings_.set(settings);
    directory_.add(kAlice);
    copies_ = *Copies::make(services_, settings_, *CopyTargets::load({}), 1ms);
  }
  std::string page() {
    Exposition page(ExpositionFormat::kPrometheus);
    copies_->write(page);
    return std::move(page).finish();
  }

  accounts::TempDir folder_;
  TestServices rest_;
  ChangingDirectory directory_;
  HeldStore store_;
  Services services_{
      store_,     directory_,          rest_.authenticator, rest_.router,  rest_.pool,
      rest_.pool, rest_.account_pools, rest_.clock,         LoginDelays(), Metrics(),
      nullptr};
  SettingsHolder settings_{std::make_shared<Settings>()};
  std::unique_ptr<Copies> copies_;
};

TEST_F(CopiesTest, OneThatIsRemovedDuringItsVisitIsForgottenAfterIt) {
  store_.hold(true);
  directory_.set({{kAlice, {"copy", "lmtp:far.test:24"}}});
  ASSERT_TRUE(copies_->start());
  store_.await_visit();
  EXPECT_THAT(page(), HasSubstr("restante_copies_configured 1\n"));
  directory_.set({});
  directory_.await_refresh();
  store_.hold(false);
  for (int i = 0; i < 1000 && page().find("restante_copies_configured 0\n") == std::string::npos;
       ++i)
    directory_.await_refresh();
  EXPECT_THAT(page(), HasSubstr("restante_copies_configured 0\n"));
}

}  // namespace
}  // namespace restante::server
