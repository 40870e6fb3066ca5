#include "accounts/login_leads.h"

namespace restante::accounts {

void LoginLeads::note(const std::string& name, const std::string& account) {
  const std::lock_guard lock(mutex_);
  if (accounts_.size() >= names_max_ && !accounts_.contains(name)) accounts_.clear();
  if (names_max_ > 0) accounts_.insert_or_assign(name, account);
}

std::optional<std::string> LoginLeads::account_of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return std::nullopt;
  return found->second;
}

void LoginLeads::clear() {
  const std::lock_guard lock(mutex_);
  accounts_.clear();
}

}  // namespace restante::accounts
