#include "restantectl/accounts/account_origins.h"

#include <boost/json/array.hpp>

namespace restante::ctl {

std::string Origins::text(bool is_there, bool is_own, bool is_all_own) const {
  if (entry_.place.empty() || !is_there) return "";
  if (!is_own) return " (as " + entry_.place + " says)";
  return is_all_own ? " (set here)" : " (a part of it is set here)";
}

accounts::Allowance Origins::own_allowance() const {
  return entry_.own ? entry_.own->allowance : accounts::Allowance();
}

bool Origins::is_own_state() const {
  return entry_.own && (!entry_.own->enabled || entry_.own->no_login);
}

bool Origins::are_own_networks() const { return entry_.own && entry_.own->networks; }

std::string Origins::state() const {
  return text(!entry_.enabled || entry_.no_login, is_own_state());
}

std::string Origins::networks() const {
  return text(entry_.networks != nullptr, are_own_networks());
}

std::string Origins::quota() const {
  const accounts::Allowance own = own_allowance();
  const accounts::Allowance& all = entry_.allowance;
  return text(all.quota_octets || all.quota_messages, own.quota_octets || own.quota_messages,
              all.quota_octets == own.quota_octets && all.quota_messages == own.quota_messages);
}

std::string Origins::retention() const {
  const accounts::Allowance own = own_allowance();
  const accounts::Allowance& all = entry_.allowance;
  return text(all.retention_days || all.retention_from, own.retention_days || own.retention_from,
              all.retention_days == own.retention_days && all.retention_from == own.retention_from);
}

std::string Origins::addresses() const {
  return text(entry_.allowance.several_addresses.has_value(),
              own_allowance().several_addresses.has_value());
}

void Origins::add_to(boost::json::object& object) const {
  const accounts::Allowance own = own_allowance();
  boost::json::array here;
  const auto add = [&here](bool is_own, const char* name) {
    if (is_own) here.emplace_back(name);
  };
  add(entry_.own && !entry_.own->enabled, "enabled");
  add(entry_.own && entry_.own->no_login, "nologin");
  add(entry_.own && entry_.own->is_operator, "operator");
  add(are_own_networks(), "networks");
  add(own.quota_octets.has_value(), "quota.octets");
  add(own.quota_messages.has_value(), "quota.messages");
  add(own.retention_days.has_value(), "retention.days");
  add(own.retention_from.has_value(), "retention.from");
  add(own.several_addresses.has_value(), "several_addresses");
  object["place"] = entry_.place;
  object["set_here"] = std::move(here);
}

}  // namespace restante::ctl
