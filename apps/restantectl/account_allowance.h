// restantectl account quota, retention and addresses: what an account may keep, for how long and in
// how many copies, where that is not the configuration's default; and how account show and list say
// it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "accounts/allowance.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// Words of the command line; empty: not given, and nothing of it is changed.
struct AllowanceOptions {
  std::string name;
  std::string octets;    ///< A size, "none" or "default".
  std::string messages;  ///< A number, "none" or "default".
  std::string days;      ///< A number, "never" or "default".
  std::string from;      ///< "arrival", "retrieval" or "default".
  std::string several;   ///< "one", "each" or "default".
};

Exit account_quota(Office& office, const AllowanceOptions& options);
Exit account_retention(Office& office, const AllowanceOptions& options);
Exit account_addresses(Office& office, const AllowanceOptions& options);

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
