#include "server/elsewhere/homes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

settings::FarServer far_server(const char* pop3, const char* lmtp,
                               std::vector<std::string> domains) {
  settings::FarServer out;
  out.pop3 = *config::parse_far_pop3(pop3);
  if (lmtp != nullptr) out.lmtp = *config::parse_far_lmtp(lmtp);
  out.domains = std::move(domains);
  out.pins = {std::string(64, 'a')};
  return out;
}

class HomesTest : public testing::Test {
 protected:
  HomesTest() {
    config_.route = {far_server("pop3s://old.example", "old.example", {"example.test"}),
                     far_server("pop3://other.example", nullptr, {})};
    homes_ = std::move(*Homes::load(config_.route));
  }
  /// "POP3 LMTP" of an account with this route.
  std::string of(std::shared_ptr<const accounts::Route> route, const char* name) {
    accounts::Account account;
    account.name = name;
    account.route = std::move(route);
    const auto home = homes_->of_account(account);
    if (!home) return home.error().message();
    if (!*home) return "here";
    return (*home)->server->name + " " + ((*home)->intake ? (*home)->intake->name : "-");
  }
  static std::shared_ptr<const accounts::Route> route(const char* pop3, const char* lmtp = "") {
    return std::make_shared<const accounts::Route>(accounts::Route{pop3, lmtp});
  }
  settings::Config config_;
  std::unique_ptr<Homes> homes_;
};

TEST_F(HomesTest, AnAccountIsWhereItsRouteSays) {
  EXPECT_EQ(of(route("here"), "a@example.test"), "here");
  EXPECT_EQ(of(route("pop3://other.example:110"), "a@example.test"), "pop3://other.example:110 -");
  EXPECT_EQ(of(route("pop3://other.example:110", "old.example:24"), "a@example.org"),
            "pop3://other.example:110 old.example:24");
}

TEST_F(HomesTest, ItsMailMayBeOnItsWayHere) {
  constexpr const char* kFrom = "moving from pop3://other.example:110";
  EXPECT_EQ(of(route(kFrom), "a@example.test"), "pop3://other.example:110 -");
  EXPECT_EQ(of(route(kFrom, "old.example:24"), "a@example.test"),
            "pop3://other.example:110 old.example:24");
  EXPECT_THAT(of(route("moving from pop3s://gone.example:995"), "a@example.test"),
              HasSubstr("pop3 = \"pop3s://gone.example:995\""));
  accounts::Account account;
  account.route = route(kFrom);
  EXPECT_TRUE((*homes_->of_account(account))->is_left);
  account.route = route("pop3://other.example:110");
  EXPECT_FALSE((*homes_->of_account(account))->is_left);
}

TEST_F(HomesTest, OrWhereItsDomainIs) {
  EXPECT_EQ(of(nullptr, "a@example.test"), "pop3s://old.example:995 old.example:24");
  EXPECT_EQ(of(nullptr, "a@example.org"), "here");
  EXPECT_TRUE(homes_->of_name("nobody@example.test"));
  EXPECT_FALSE(homes_->of_name("nobody@example.org"));
}

TEST_F(HomesTest, ARouteThatIsNotConfiguredIsNowhere) {
  EXPECT_THAT(of(route("pop3s://gone.example:995"), "a@example.test"), HasSubstr("[[route]]"));
  EXPECT_THAT(of(route("pop3s://old.example:995", "gone.example:24"), "a@example.test"),
              HasSubstr("lmtp"));
}

TEST_F(HomesTest, BoundsTheSessionsOfAnAccount) {
  std::vector<std::shared_ptr<const void>> places;
  while (auto place = homes_->enter("a@example.test")) places.push_back(std::move(place));
  EXPECT_EQ(places.size(), 8U);
  EXPECT_TRUE(homes_->enter("b@example.test"));
  places.pop_back();
  EXPECT_TRUE(homes_->enter("a@example.test"));
  homes_.reset();  // A session may outlive it.
}

TEST_F(HomesTest, NamesThePlaces) {
  std::vector<std::string> names;
  for (const FarPlace& place : configured_places(config_)) names.push_back(place.to_string());
  EXPECT_THAT(names, ElementsAre("old.example:995", "old.example:24", "other.example:110"));
}

TEST_F(HomesTest, CountsByRoute) {
  accounts::Account account;
  account.name = "a@example.test";
  (*homes_->of_account(account))->server->sessions.add(3);
  Exposition page(ExpositionFormat::kPrometheus);
  homes_->write(page);
  EXPECT_THAT(std::move(page).finish(),
              HasSubstr("restante_routed_sessions_total{route=\"pop3s://old.example:995\"} 3\n"));
}

}  // namespace
}  // namespace restante::server
