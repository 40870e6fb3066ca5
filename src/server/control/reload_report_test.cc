#include "server/control/reload_report.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace restante::control {
namespace {

TEST(ReloadReport, SaysWhatHasChangedAndWhatHasNot) {
  ReloadReport report;
  report.changed = {"limits.connections", "pop3.takeover"};
  report.needs_restart = {"listen"};
  EXPECT_TRUE(report.is_whole());
  EXPECT_EQ(boost::json::serialize(to_object(report)),
            R"({"reloaded":true,"changed":["limits.connections","pop3.takeover"],)"
            R"("needs_restart":["listen"],"certificates_changed":false})");
  EXPECT_EQ(to_log(report),
            " changed=limits.connections,pop3.takeover certificates=same needs_restart=listen");
}

TEST(ReloadReport, SaysWhyAllIsKept) {
  ReloadReport report;
  report.kept = "the configuration has mistakes";
  report.mistakes = {"a.toml:1: x: is no key"};
  report.accounts_kept = "down";
  EXPECT_FALSE(report.is_whole());
  const auto object = to_object(report);
  EXPECT_FALSE(object.at("reloaded").as_bool());
  EXPECT_EQ(object.at("kept").as_string(), "the configuration has mistakes");
  EXPECT_EQ(object.at("mistakes").as_array().size(), 1U);
  EXPECT_EQ(object.at("accounts_kept").as_string(), "down");
  EXPECT_EQ(to_log(ReloadReport()), " changed=none certificates=same needs_restart=none");
}

}  // namespace
}  // namespace restante::control
