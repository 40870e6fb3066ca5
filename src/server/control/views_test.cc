#include "server/control/views.h"

#include <gtest/gtest.h>

namespace restante::control {
namespace {

using std::chrono::seconds;

constexpr WallTime kNoon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) +
                         std::chrono::hours(12)};

Moment at(int second) {
  return {std::chrono::steady_clock::time_point(seconds(1000 + second)), kNoon + seconds(second)};
}

TEST(ControlViews, AStatusHasWhatAnOperatorAsks) {
  About about;
  about.version = "0.1.0";
  about.user = "restante";
  about.data_dir = "/var/lib/restante";
  about.listeners = {"pop3 192.0.2.7:110"};
  about.started = at(0);
  server::Metrics metrics;
  metrics.data_dir_lost.set(1);
  metrics.octets_retrieved.add(5'000'000'000);
  StatusFacts facts(about, metrics);
  facts.connections = 3;
  facts.sessions = 2;
  facts.log_level = "info";
  const auto status = status_object(facts, at(90));
  EXPECT_EQ(status.at("started").as_string(), to_rfc3339(kNoon));
  EXPECT_EQ(status.at("uptime_seconds").to_number<int>(), 90);
  EXPECT_EQ(status.at("listeners").as_array().at(0).as_string(), "pop3 192.0.2.7:110");
  EXPECT_EQ(status.at("sessions").to_number<int>(), 2);
  EXPECT_TRUE(status.at("data_dir_lost").as_bool());
  EXPECT_FALSE(status.contains("certificate_expires"));
  EXPECT_EQ(status.at("counters").as_object().at("octets_retrieved").to_number<std::uint64_t>(),
            5'000'000'000U);
}

TEST(ControlViews, ASessionHasItsTimes) {
  server::Pop3Sessions::Seen seen;
  seen.id = "5f-1";
  seen.account = "alice@example.test";
  seen.device = "phone";
  seen.view = "tablet";
  seen.since = at(0).steady;
  seen.idle = seconds(5);
  seen.octets = 777;
  const auto session = session_object(seen, at(60));
  EXPECT_EQ(session.at("since").as_string(), to_rfc3339(kNoon));
  EXPECT_EQ(session.at("age_seconds").to_number<int>(), 60);
  EXPECT_EQ(session.at("idle_seconds").to_number<int>(), 5);
  EXPECT_EQ(session.at("device").as_string(), "phone");
  EXPECT_EQ(session.at("view").as_string(), "tablet");
  EXPECT_EQ(session.at("octets").to_number<int>(), 777);
  EXPECT_FALSE(session.contains("elsewhere"));
  seen.idle.reset();
  seen.device.clear();
  seen.since = at(99).steady;  // By a clock that is a moment ahead.
  const auto busy = session_object(seen, at(60));
  EXPECT_FALSE(busy.contains("idle_seconds"));
  EXPECT_FALSE(busy.contains("device"));
  EXPECT_EQ(busy.at("age_seconds").to_number<int>(), 0);
}

TEST(ControlViews, AnAccountHasItsDevicesAndNoSecret) {
  accounts::Account account;
  account.name = "alice@example.test";
  account.secret = "{PLAIN}hunter2";
  account.no_login = true;
  account.devices.push_back({"phone", {}, kNoon});
  account.devices.push_back({"laptop", {}, std::nullopt});
  const auto object = account_object(account);
  EXPECT_TRUE(object.at("enabled").as_bool());
  EXPECT_FALSE(object.at("may_log_in").as_bool());
  const auto& devices = object.at("devices").as_array();
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices.at(0).as_object().at("last_used").as_string(), to_rfc3339(kNoon));
  EXPECT_FALSE(devices.at(1).as_object().contains("last_used"));
  for (const auto& [key, value] : object) EXPECT_NE(key, "secret");
}

}  // namespace
}  // namespace restante::control
