#include "restantectl/control/last_acts.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace restante::ctl {
namespace {

using journal::Kind;

journal::Act act(Kind kind, int second, const std::string& device = "") {
  journal::Act out;
  out.kind = kind;
  out.when = WallTime(std::chrono::seconds(1'795'000'000 + second));
  out.device = device;
  out.from = "192.0.2." + std::to_string(second);
  out.uid = "1f." + std::to_string(second);
  return out;
}

TEST(LastActs, KeepsTheLatestInAnyOrder) {
  LastActs last;
  EXPECT_FALSE(last.is_full());
  last.take(act(Kind::kDelivered, 3));
  last.take(act(Kind::kDelivered, 1));
  last.take(act(Kind::kPolled, 9));
  EXPECT_FALSE(last.is_full());
  last.take(act(Kind::kRetrieved, 5, "phone"));
  last.take(act(Kind::kDeleted, 6, "phone"));
  EXPECT_TRUE(last.is_full());
  EXPECT_EQ(last.delivery()->uid, "1f.3");
  EXPECT_EQ(last.retrieval()->uid, "1f.5");
  ASSERT_EQ(last.logins().size(), 2U);
  EXPECT_EQ(last.logins().at("").from, "192.0.2.9");
  EXPECT_EQ(last.logins().at("phone").from, "192.0.2.6");
}

TEST(LastActs, IsAddedToWhatTheServerSays) {
  LastActs last;
  last.take(act(Kind::kPolled, 9));
  last.take(act(Kind::kRetrieved, 5, "phone"));
  last.take(act(Kind::kPolled, 4, "gone"));
  auto who =
      boost::json::parse(R"({"devices":[{"device":"phone","last_used":"x"},{"device":"laptop"}]})")
          .as_object();
  last.add_to(who);
  const auto& devices = who.at("devices").as_array();
  ASSERT_EQ(devices.size(), 4U);
  EXPECT_EQ(devices[0].at("device").as_string(), "phone");
  EXPECT_EQ(devices[0].at("from").as_string(), "192.0.2.5");
  EXPECT_EQ(devices[0].at("last_used").as_string(), "x");
  EXPECT_FALSE(devices[1].as_object().contains("last_login"));
  EXPECT_TRUE(devices[2].at("device").is_null());
  EXPECT_EQ(devices[3].at("device").as_string(), "gone");
  EXPECT_EQ(who.at("last_login").at("from").as_string(), "192.0.2.9");
  EXPECT_FALSE(who.at("last_login").as_object().contains("uid"));
  EXPECT_EQ(who.at("last_retrieval").at("uid").as_string(), "1f.5");
  EXPECT_FALSE(who.contains("last_delivery"));
}

}  // namespace
}  // namespace restante::ctl
