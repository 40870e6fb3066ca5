#include "server/login/view_of_login.h"

#include <gtest/gtest.h>

#include "server/common/test_session.h"

namespace restante::server {
namespace {

/// Its one view is a copy's, or a reader's.
class OneViewStore : public FakeStore {
 public:
  Result<maildrop::FoundView> find_view(const Account& /*account*/,
                                        std::string_view /*name*/) override {
    return maildrop::FoundView{maildrop::View{1}, false, is_of_copy};
  }
  std::optional<Result<maildrop::FoundView>> find_view_cached(const Account& account,
                                                              std::string_view name) override {
    return find_view(account, name);
  }
  std::optional<Result<std::unique_ptr<maildrop::Session>>> open_cached(
      const Account& account, maildrop::View view) override {
    return open(account, view);
  }
  Result<std::unique_ptr<maildrop::Session>> open(const Account& /*account*/,
                                                  maildrop::View view) override {
    EXPECT_EQ(view, maildrop::View{1});
    ++opened;
    return std::unique_ptr<maildrop::Session>();
  }

  bool is_of_copy = true;
  int opened = 0;
};

class ViewOfLogin : public ::testing::Test {
 protected:
  TestServices all_;
  OneViewStore store_;
  Services services_{store_,    all_.directory,     all_.authenticator, all_.router,   all_.pool,
                     all_.pool, all_.account_pools, all_.clock,         LoginDelays(), Metrics(),
                     nullptr};
  net::Worker worker_{0};
  TestSession session_{worker_, services_, std::make_shared<Settings>(), "5f-1"};
};

TEST_F(ViewOfLogin, ACopysIsRefusedAsALabelThatNoViewCanHave) {
  WantedView wanted;
  wanted.name = "copy";
  EXPECT_FALSE(open_view_cached(session_.context(), "alice", wanted));
  const auto refused = open_view(session_.context(), "alice", wanted);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kAuth);
  EXPECT_EQ(wanted_view(session_.context(), {}, "no view").error().code, Errc::kAuth);
  EXPECT_EQ(store_.opened, 0);
}

TEST_F(ViewOfLogin, AReadersIsOpened) {
  store_.is_of_copy = false;
  WantedView wanted;
  wanted.name = "phone";
  EXPECT_TRUE(open_view_cached(session_.context(), "alice", wanted));
  EXPECT_TRUE(open_view(session_.context(), "alice", wanted));
  EXPECT_EQ(store_.opened, 2);
}

}  // namespace
}  // namespace restante::server
