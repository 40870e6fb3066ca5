#include "restantectl/tool_act.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

namespace restante::ctl {
namespace {

Actor actor() {
  Actor out;
  out.user = "root";
  out.sudo_user = "ann";
  return out;
}

TEST(ToolAct, NamesTheAccountTheCommandAndItsUser) {
  const auto acts = tool_acts({"account quota", {"alice", "--octets", "1G"}, 0}, actor(), {});
  ASSERT_EQ(acts.size(), 1U);
  EXPECT_EQ(acts[0].kind, journal::Kind::kAccount);
  EXPECT_EQ(acts[0].account, "alice");
  EXPECT_EQ(acts[0].user, "ann");
  EXPECT_EQ(acts[0].detail, "account quota alice --octets 1G");
}

TEST(ToolAct, AnOptionIsNoAccountAndAFailureIsSaid) {
  const auto acts = tool_acts({"upkeep", {"--confirm-clock"}, 75}, actor(), {});
  EXPECT_EQ(acts[0].kind, journal::Kind::kTool);
  EXPECT_EQ(acts[0].account, "");
  EXPECT_EQ(acts[0].detail, "upkeep --confirm-clock (exit 75)");
}

TEST(ToolAct, APurgedAccountIsNotNamed) {
  const auto acts = tool_acts({"account purge", {"alice", "--yes"}, 0}, actor(), {});
  EXPECT_EQ(acts[0].account, "");
  EXPECT_EQ(acts[0].detail, "account purge");
}

TEST(ToolAct, EachMessageThatCameBackIsAnAct) {
  Act act{"maildrop undelete", {"alice"}, 0};
  act.details["undeleted"] = boost::json::array{"1f.1", "1f.2"};
  const auto acts = tool_acts(act, actor(), {});
  ASSERT_EQ(acts.size(), 2U);
  EXPECT_EQ(acts[1].kind, journal::Kind::kUndeleted);
  EXPECT_EQ(acts[1].uid, "1f.2");
}

}  // namespace
}  // namespace restante::ctl
