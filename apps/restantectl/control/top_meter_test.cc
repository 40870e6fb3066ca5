#include "restantectl/control/top_meter.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "restantectl/control/top_screen.h"
#include "text/cells.h"

namespace restante::ctl {
namespace {

void take(TopMeter& meter, const std::string& text) {
  meter.take(boost::json::parse(text).as_object());
}

std::string answer(int milliseconds, int logins, const std::string& busiest) {
  return R"({"milliseconds":)" + std::to_string(milliseconds) +
         R"(,"connections":3,"sessions":2,"counters":{"logins":)" + std::to_string(logins) +
         R"(},"busiest":[)" + busiest + "]}";
}

std::string session(const std::string& id, const std::string& account, int octets) {
  return R"({"id":")" + id + R"(","account":")" + account + R"(","peer":"192.0.2.7:1","octets":)" +
         std::to_string(octets) + R"(,"retrieved":1})";
}

TEST(TopMeter, RatesAreBetweenTwoLooks) {
  TopMeter meter;
  take(meter, answer(1000, 100, session("1", "alice", 5000)));
  const TopFrame first = meter.frame(10);
  EXPECT_TRUE(first.rates.empty());
  ASSERT_EQ(first.accounts.size(), 1U);
  // What was moved before is not of these seconds.
  EXPECT_EQ(first.accounts[0].octets, 0U);
  take(meter, answer(3000, 110, session("1", "alice", 5400) + "," + session("2", "bob", 900)));
  const TopFrame second = meter.frame(10);
  EXPECT_DOUBLE_EQ(second.rate("logins"), 5);
  ASSERT_EQ(second.accounts.size(), 2U);
  EXPECT_EQ(second.accounts[0].account, "bob");
  EXPECT_DOUBLE_EQ(second.accounts[0].octets_a_second, 450);
  EXPECT_DOUBLE_EQ(second.accounts[1].octets_a_second, 200);
  EXPECT_EQ(meter.frame(1).accounts.size(), 1U);
}

TEST(TopMeter, AnEndedSessionStillCountsForItsAccount) {
  TopMeter meter;
  take(meter, answer(1000, 1, ""));
  take(meter, answer(2000, 1, session("1", "alice", 700)));
  take(meter, answer(3000, 1, session("2", "alice", 50)));
  take(meter, answer(4000, 1, ""));
  const TopFrame frame = meter.frame(10);
  ASSERT_EQ(frame.accounts.size(), 1U);
  EXPECT_EQ(frame.accounts[0].octets, 750U);
  EXPECT_EQ(frame.accounts[0].messages, 2U);
  EXPECT_EQ(frame.accounts[0].sessions, 0U);
  EXPECT_DOUBLE_EQ(frame.accounts[0].octets_a_second, 0);
}

TEST(TopMeter, AServerThatWasRestartedBeginsAnew) {
  TopMeter meter;
  take(meter, answer(90'000, 500, ""));
  take(meter, answer(100, 1, session("1", "alice", 700)));
  EXPECT_TRUE(meter.frame(10).rates.empty());
  take(meter, answer(1100, 3, session("1", "alice", 800)));
  EXPECT_DOUBLE_EQ(meter.frame(10).rate("logins"), 2);
  EXPECT_EQ(meter.frame(10).accounts[0].octets, 100U);
}

TEST(TopScreen, FitsAnyTerminalAndHidesNothingHostile) {
  TopMeter meter;
  take(meter, answer(1000, 1, ""));
  std::string hostile = session("1", "\\u001b[2J\\u202e日本語日本語日本語日本語日本語日本語", 700);
  take(meter, answer(2000, 1, hostile + "," + session("2", "bob", 5)));
  const TopFrame frame = meter.frame(10);
  EXPECT_EQ(top_lines(frame, {24, 80}).size(), 6U);
  for (std::size_t rows : {0U, 1U, 3U, 24U}) {
    for (std::size_t columns : {0U, 1U, 20U, 80U}) {
      const auto lines = top_lines(frame, {rows, columns});
      EXPECT_LE(lines.size(), rows);
      for (const std::string& line : lines) {
        EXPECT_LE(text::cells(line), columns);
        EXPECT_EQ(line.find('\x1b'), std::string::npos);
      }
    }
  }
  const std::string painted = repaint({"a", "b"});
  EXPECT_EQ(painted, "\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
}

TEST(TopMeter, IsAnObjectForPrograms) {
  TopMeter meter;
  take(meter, answer(1000, 1, ""));
  take(meter, answer(2000, 3, session("1", "alice", 700)));
  const auto object = to_object(meter.frame(10));
  EXPECT_EQ(object.at("sessions").to_number<int>(), 2);
  EXPECT_EQ(object.at("per_second").at("logins").to_number<double>(), 2);
  EXPECT_EQ(object.at("accounts").at(0).at("octets").to_number<int>(), 700);
}

}  // namespace
}  // namespace restante::ctl
