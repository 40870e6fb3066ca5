#include "server/session/status_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

class StatusPageTest : public ::testing::Test {
 protected:
  /// 200: there is a page.
  unsigned ask(std::string_view host, std::string_view target = "/",
               std::string_view method = "GET") {
    const auto refused = refuse_page({method, host, target}, way_, "mail.example.test");
    return refused ? refused->status : 200;
  }

  PageWay way_ = PageWay::kUnixSocket;
};

TEST_F(StatusPageTest, KnowsItsPaths) {
  EXPECT_TRUE(is_page("/"));
  EXPECT_TRUE(is_page("/?range=year"));
  EXPECT_TRUE(is_page("/style.css"));
  EXPECT_FALSE(is_page("/status"));
  EXPECT_FALSE(is_page(""));
  EXPECT_FALSE(is_page("//"));
}

TEST_F(StatusPageTest, IsThereUnderNamesThatAreOurs) {
  for (const PageWay way : {PageWay::kUnixSocket, PageWay::kTls}) {
    way_ = way;
    for (const char* host :
         {"localhost", "localhost:8080", "LOCALHOST", "127.0.0.1", "127.0.0.1:80", "[::1]",
          "[::1]:8080", "mail.example.test", "Mail.Example.Test:443"})
      EXPECT_EQ(ask(host), 200U) << host;
    for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                             "evil.example:localhost", "[::1].evil.example", "127.0.0.2"})
      EXPECT_EQ(ask(host), 421U) << host;
  }
}

TEST_F(StatusPageTest, IsNotOnPlainTcp) {
  way_ = PageWay::kPlain;
  EXPECT_EQ(ask("127.0.0.1"), 403U);
  EXPECT_EQ(ask("localhost", "/style.css"), 403U);
}

TEST_F(StatusPageTest, ChangesNothing) {
  for (const char* method : {"POST", "PUT", "DELETE", "HEAD", "get"})
    EXPECT_EQ(ask("localhost", "/", method), 405U) << method;
}

TEST_F(StatusPageTest, HasTheRangesThatThereAre) {
  for (const char* range : {"hour", "day", "month", "year", "decade"})
    EXPECT_EQ(ask("localhost", std::string("/?range=") + range), 200U) << range;
  for (const char* target : {"/?range=week", "/?range=", "/?x", "/?range=day&range=hour", "/?"})
    EXPECT_EQ(ask("localhost", target), std::string_view(target) == "/?" ? 200U : 404U) << target;
}

}  // namespace
}  // namespace restante::server
