#include "server/common/back_ends.h"

#include "server/common/postmaster.h"

namespace restante::server {
accounts::AuthenticatorSettings authenticator_settings(const settings::Config& config) {
  accounts::AuthenticatorSettings out;
  out.default_domain = config.accounts.names.default_domain;
  out.fold_local_part = config.accounts.names.fold_local_part;
  out.slow_cache_age_max = config.accounts.cache_time;
  return out;
}

accounts::oauth::OauthSettings oauth_settings(const settings::Config& config) {
  accounts::oauth::OauthSettings out = config.oauth;
  out.names = config.accounts.names;
  return out;
}

accounts::ScramSettings scram_settings(const settings::Config& config, SecretString salt_key) {
  accounts::ScramSettings out;
  out.names = config.accounts.names;
  out.salt_key = std::move(salt_key);
  out.iterations = config.auth.secrets.scram_iterations;
  return out;
}

accounts::RouterSettings router_settings(const settings::Config& config) {
  accounts::RouterSettings out;
  out.default_domain = config.accounts.names.default_domain;
  out.postmaster = config.accounts.postmaster;
  out.postmaster_domains = postmaster_domains(config);
  out.subaddress_separator = config.accounts.subaddress_separator;
  out.fold_local_part = config.accounts.names.fold_local_part;
  return out;
}

maildrop::StoreSettings store_settings(const settings::Config& config) {
  maildrop::StoreSettings out(config.data_dir.string(), system_clock());
  out.back_end = config.maildrop.backend;
  out.idle_maildrops_max = config.maildrop.idle_maildrops;
  out.patience = disk::patience_of(config.maildrop.lock_timeout);
  // Zero means "never" in the configuration, and nothing in the store.
  if (config.maildrop.view_expires.count() != 0) out.view_expires = config.maildrop.view_expires;
  return out;
}

}  // namespace restante::server
