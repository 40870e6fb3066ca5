#include "server/elsewhere/mail_under_way.h"

#include <gtest/gtest.h>

#include <thread>

namespace restante::server {
namespace {

using Steady = std::chrono::steady_clock;

TEST(MailUnderWay, WaitsForWhatHasBegun) {
  MailUnderWay mail;
  EXPECT_TRUE(mail.wait_for(mail.begun(), Steady::now()));
  auto first = mail.begin();
  const std::uint64_t begun = mail.begun();
  EXPECT_FALSE(mail.wait_for(begun, Steady::now()));
  std::thread sender([&first] { first.reset(); });
  EXPECT_TRUE(mail.wait_for(begun, Steady::now() + std::chrono::minutes(1)));
  sender.join();
}

TEST(MailUnderWay, DoesNotWaitForWhatBeginsLater) {
  MailUnderWay mail;
  auto earlier = mail.begin();
  const std::uint64_t begun = mail.begun();
  const auto later = mail.begin();
  EXPECT_FALSE(mail.wait_for(begun, Steady::now()));
  earlier.reset();
  EXPECT_TRUE(mail.wait_for(begun, Steady::now()));
  EXPECT_FALSE(mail.wait_for(mail.begun(), Steady::now()));
}

TEST(MailUnderWay, EndsWithTheServer) {
  MailUnderWay mail;
  const auto open = mail.begin();
  std::thread stopper([&mail] { mail.stop(); });
  EXPECT_FALSE(mail.wait_for(mail.begun(), Steady::now() + std::chrono::minutes(1)));
  stopper.join();
}

}  // namespace
}  // namespace restante::server
