#include "accounts/own/overlay.h"

namespace restante::accounts::own {
namespace {

template <typename T>
void replace(std::optional<T>& value, const std::optional<T>& own) {
  if (own) value = own;
}

void take_back(Account& account) {
  copy_values(*account.back_end, account);
  account.route.reset();
  account.is_operator = false;
  account.devices.clear();
  account.back_end.reset();
}

}  // namespace

BackEndValues back_end_values(const Account& account) {
  if (account.back_end) return *account.back_end;
  BackEndValues values;
  copy_values(account, values);
  return values;
}

void lay_over(const AccountSettings* settings, Account& account) {
  if (account.back_end) take_back(account);
  if (settings == nullptr) return;
  account.back_end = std::make_shared<const BackEndValues>(back_end_values(account));
  account.enabled = account.enabled && settings->enabled;
  account.no_login = account.no_login || settings->no_login;
  if (settings->networks) account.networks = settings->networks;
  if (!settings->fault.empty()) account.fault = settings->fault;
  Allowance& allowance = account.allowance;
  replace(allowance.quota_octets, settings->allowance.quota_octets);
  replace(allowance.quota_messages, settings->allowance.quota_messages);
  replace(allowance.retention_days, settings->allowance.retention_days);
  replace(allowance.retention_from, settings->allowance.retention_from);
  replace(allowance.several_addresses, settings->allowance.several_addresses);
  account.route = settings->route;
  account.is_operator = settings->is_operator;
  account.devices = settings->devices;
}

}  // namespace restante::accounts::own
