// restantectl account quota, retention and addresses: how much an account may keep, for how long
// and in how many copies, where it differs from the configuration's default; and how account show
// and list print it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "accounts/allowance.h"

namespace restante::ctl {

/// "1GiB, 1000 messages", "none" or "-" (the default holds).
std::string quota_text(const accounts::Allowance& allowance);
/// "30 days from arrival", "never" or "-".
std::string retention_text(const accounts::Allowance& allowance);
/// "one", "each" or "-".
std::string addresses_text(const accounts::Allowance& allowance);
/// Adds "quota" and "retention": objects whose members are null where the default holds; 0 stands
/// for no limit, and for never. And "several_addresses": "one", "each" or null.
void add_allowance(const accounts::Allowance& allowance, boost::json::object& object);

}  // namespace restante::ctl
