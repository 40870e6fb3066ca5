#include "restantectl/control/last_acts.h"

#include <boost/json/array.hpp>

#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

void keep_later(std::optional<journal::Act>& kept, const journal::Act& act) {
  if (!kept || kept->when <= act.when) kept = act;
}

json::object moment_object(const journal::Act& act) {
  json::object out;
  out["when"] = to_rfc3339(act.when);
  if (!act.from.empty()) out["from"] = act.from;
  if (!act.device.empty()) out["device"] = act.device;
  if (!act.session.empty()) out["session"] = act.session;
  if (!act.uid.empty()) out["uid"] = act.uid;
  if (!act.message_id.empty()) out["message_id"] = act.message_id;
  return out;
}

}  // namespace

std::vector<journal::Kind> telling_kinds() {
  return {journal::Kind::kDelivered, journal::Kind::kPolled, journal::Kind::kRetrieved,
          journal::Kind::kDeleted};
}

void LastActs::take(const journal::Act& act) {
  if (act.kind == journal::Kind::kDelivered) return keep_later(delivery_, act);
  if (act.kind == journal::Kind::kRetrieved) keep_later(retrieval_, act);
  const auto [login, is_new] = logins_.try_emplace(act.device, act);
  if (!is_new && login->second.when <= act.when) login->second = act;
}

void LastActs::add_to(json::object& who) const {
  if (delivery_) who["last_delivery"] = moment_object(*delivery_);
  if (retrieval_) who["last_retrieval"] = moment_object(*retrieval_);
  std::optional<journal::Act> last;
  for (const auto& [device, act] : logins_) keep_later(last, act);
  if (last) {
    last->uid.clear();
    who["last_login"] = moment_object(*last);
  }
  json::array devices;
  std::map<std::string, journal::Act> left = logins_;
  const auto add = [&devices](json::object device, const journal::Act& act) {
    device["last_login"] = to_rfc3339(act.when);
    if (!act.from.empty()) device["from"] = act.from;
    devices.push_back(std::move(device));
  };
  for (json::object& device : objects_in(who, "devices")) {
    const auto found = left.find(text_in(device, "device"));
    if (found == left.end()) {
      devices.push_back(std::move(device));
      continue;
    }
    add(std::move(device), found->second);
    left.erase(found);
  }
  // The account's own password, and devices that were removed.
  for (const auto& [label, act] : left) {
    json::object device;
    if (label.empty())
      device["device"] = nullptr;
    else
      device["device"] = label;
    add(std::move(device), act);
  }
  who["devices"] = std::move(devices);
}

}  // namespace restante::ctl
