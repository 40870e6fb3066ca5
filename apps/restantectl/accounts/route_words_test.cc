#include "restantectl/accounts/route_words.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

class RouteWords : public testing::Test {
 protected:
  RouteWords() {
    settings::FarServer old;
    old.pop3 = *config::parse_far_pop3("pop3s://old.example");
    old.lmtp = *config::parse_far_lmtp("old.example");
    old.domains = {"example.test"};
    settings::FarServer other;
    other.pop3 = *config::parse_far_pop3("pop3://other.example");
    config_.route = {old, other};
  }
  std::string route(const std::string& place, const std::string& lmtp = "") {
    const auto found = route_of(config_, place, lmtp);
    return found ? (*found)->pop3 + "|" + (*found)->lmtp
                 : std::string(to_string(found.error().code));
  }
  settings::Config config_;
};

TEST_F(RouteWords, AreServersOfTheConfiguration) {
  EXPECT_EQ(route("here"), "here|");
  EXPECT_EQ(route("pop3s://OLD.example"), "pop3s://old.example:995|old.example:24");
  EXPECT_EQ(route("pop3s://old.example:995", "here"), "pop3s://old.example:995|");
  EXPECT_EQ(route("pop3://other.example", "old.example"),
            "pop3://other.example:110|old.example:24");
  EXPECT_EQ(route("pop3://other.example"), "pop3://other.example:110|");
}

TEST_F(RouteWords, AreNothingElse) {
  EXPECT_EQ(route("there"), "syntax");
  EXPECT_EQ(route("here", "old.example"), "syntax");
  EXPECT_EQ(route("pop3://old.example"), "not found");
  EXPECT_EQ(route("pop3s://old.example", "x/y"), "syntax");
  EXPECT_EQ(route("pop3s://old.example", "another.example"), "not found");
}

TEST_F(RouteWords, SayWhereAnAccountIs) {
  const accounts::Route here{"here"};
  const accounts::Route there{"pop3://other.example:110"};
  EXPECT_EQ(route_text(config_, &here, "a@example.test"), "here");
  EXPECT_EQ(route_text(config_, &there, "a@example.test"),
            "pop3://other.example:110, mail is kept here");
  EXPECT_EQ(route_text(config_, nullptr, "a@example.test"),
            "(pop3s://old.example:995, mail by old.example:24)");
  EXPECT_EQ(route_text(config_, nullptr, "a@example.org"), "-");
}

}  // namespace
}  // namespace restante::ctl
