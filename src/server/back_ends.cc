#include "server/back_ends.h"

namespace restante::server {

accounts::NameRules name_rules(const config::Config& config) {
  return {config.accounts.default_domain, config.accounts.fold_local_part};
}

accounts::BackendSettings backend_settings(const config::Config& config) {
  accounts::BackendSettings out;
  out.backend = config.accounts.backend == config::AccountsBackend::kPasswdFile
                    ? accounts::Backend::kPasswdFile
                    : accounts::Backend::kSqlite;
  out.path = config.accounts.path;
  out.aliases = config.accounts.aliases;
  out.names = name_rules(config);
  return out;
}

accounts::AuthenticatorSettings authenticator_settings(const config::Config& config) {
  accounts::AuthenticatorSettings out;
  out.default_domain = config.accounts.default_domain;
  out.fold_local_part = config.accounts.fold_local_part;
  return out;
}

accounts::RouterSettings router_settings(const config::Config& config) {
  accounts::RouterSettings out;
  out.default_domain = config.accounts.default_domain;
  out.postmaster = config.accounts.postmaster;
  out.subaddress_separator = config.accounts.subaddress_separator;
  out.fold_local_part = config.accounts.fold_local_part;
  return out;
}

maildrop::log::LogStoreSettings store_settings(const config::Config& config) {
  maildrop::log::LogStoreSettings out(config.data_dir.string(), system_clock());
  out.idle_maildrops_max = config.limits.idle_maildrops;
  return out;
}

}  // namespace restante::server
