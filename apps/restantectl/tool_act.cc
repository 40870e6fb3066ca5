#include "restantectl/tool_act.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

namespace restante::ctl {
namespace {

journal::Kind kind_of(std::string_view command) {
  const std::string_view group = command.substr(0, command.find(' '));
  if (command == "maildrop undelete") return journal::Kind::kUndeleted;
  if (group == "account" || group == "alias" || group == "device") return journal::Kind::kAccount;
  return journal::Kind::kTool;
}

}  // namespace

std::vector<journal::Act> tool_acts(const Act& act, const Actor& actor, WallTime now) {
  journal::Act one;
  one.kind = kind_of(act.command);
  one.when = now;
  one.user = actor.sudo_user.empty() ? actor.user : actor.sudo_user;
  one.detail = act.command;
  if (act.command != "account purge") {
    // In every command that changes one account, the first word is its name.
    if (!act.words.empty() && !act.words.front().starts_with('-')) one.account = act.words.front();
    for (const std::string& word : act.words) one.detail += " " + word;
  }
  if (act.exit != 0) one.detail += fmt::format(" (exit {})", act.exit);
  const boost::json::value* const uids = act.details.if_contains("undeleted");
  if (uids == nullptr || !uids->is_array()) return {one};
  std::vector<journal::Act> acts;
  for (const boost::json::value& uid : uids->get_array()) {
    acts.push_back(one);
    acts.back().uid = uid.get_string();
  }
  return acts;
}

}  // namespace restante::ctl
