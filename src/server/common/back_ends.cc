#include "server/common/back_ends.h"

#include "server/common/postmaster.h"

namespace restante::server {
namespace {

accounts::Backend to_backend(config::AccountsBackend backend) {
  switch (backend) {
    case config::AccountsBackend::kSqlite: return accounts::Backend::kSqlite;
    case config::AccountsBackend::kPasswdFile: return accounts::Backend::kPasswdFile;
    case config::AccountsBackend::kPam: return accounts::Backend::kPam;
    case config::AccountsBackend::kLdap: return accounts::Backend::kLdap;
    case config::AccountsBackend::kPostgresql: return accounts::Backend::kPostgresql;
  }
  return accounts::Backend::kSqlite;
}

std::vector<std::string> split_at_blanks(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

accounts::ldap::Settings to_ldap(const config::AccountsSource& source) {
  accounts::ldap::Settings out;
  out.uri = source.uri;
  out.start_tls = source.start_tls;
  out.ca_file = source.ca_file;
  out.bind_dn = source.bind_dn;
  out.bind_password_file = source.bind_password_file;
  out.base = source.base;
  out.filter = source.filter;
  out.name_attributes = split_at_blanks(source.name_attribute);
  out.maildrop_attribute = source.maildrop_attribute;
  out.windows_domain = source.windows_domain;
  out.disabled_filter = source.disabled_filter;
  out.no_login_filter = source.no_login_filter;
  out.password_by = source.password == config::LdapPassword::kSecret
                        ? accounts::ldap::PasswordBy::kSecret
                        : accounts::ldap::PasswordBy::kBind;
  out.secret_attribute = source.secret_attribute;
  out.alias_filter = source.alias_filter;
  out.alias_attribute = source.alias_attribute;
  out.timeout = source.timeout;
  out.connections = source.connections;
  return out;
}

accounts::pam::Settings to_pam(const config::AccountsSource& source) {
  accounts::pam::Settings out;
  out.service = source.service;
  out.service_dir = source.service_dir;
  out.users = source.users;
  out.full_name = source.pam_name == config::PamName::kFull;
  out.min_uid = source.min_uid;
  out.connections = source.connections;
  return out;
}

accounts::postgresql::Settings to_postgresql(const config::AccountsSource& source) {
  accounts::postgresql::Settings out;
  out.connection = source.connection;
  out.account_query = source.account_query;
  out.alias_query = source.alias_query;
  out.domain_query = source.domain_query;
  out.timeout = source.timeout;
  out.connections = source.connections;
  return out;
}

accounts::BackendSettings to_backend(const config::AccountsSource& source) {
  accounts::BackendSettings out;
  out.backend = to_backend(source.backend);
  out.path = source.path;
  out.aliases = source.aliases;
  out.pam = to_pam(source);
  out.ldap = to_ldap(source);
  out.postgresql = to_postgresql(source);
  return out;
}

/// Slow by the same rules as the accounts' own back ends.
accounts::SettingsPlace to_place(const config::Accounts& accounts) {
  using Kind = accounts::SettingsPlace::Kind;
  accounts::SettingsPlace out;
  const bool in_postgresql = accounts.settings == config::SettingsStore::kPostgresql;
  out.kind = in_postgresql ? Kind::kPostgresql : Kind::kSqlite;
  out.path = accounts.settings_path;
  out.postgresql.connection = accounts.settings_connection;
  out.postgresql.timeout = accounts.timeout;
  out.postgresql.connections = accounts.connections;
  return out;
}

}  // namespace

accounts::NameRules name_rules(const config::Config& config) {
  return {config.accounts.default_domain, config.accounts.fold_local_part};
}

accounts::BackendSettings backend_settings(const config::Config& config) {
  accounts::BackendSettings out = to_backend(config.accounts);
  for (const config::AccountsSource& source : config.accounts.next)
    out.next.push_back(to_backend(source));
  out.own = to_place(config.accounts);
  out.names = name_rules(config);
  return out;
}

accounts::AuthenticatorSettings authenticator_settings(const config::Config& config) {
  accounts::AuthenticatorSettings out;
  out.default_domain = config.accounts.default_domain;
  out.fold_local_part = config.accounts.fold_local_part;
  out.slow_cache_age_max = config.accounts.cache_time;
  return out;
}

accounts::oauth::OauthSettings oauth_settings(const config::Config& config) {
  const config::Oauth& oauth = config.oauth;
  accounts::oauth::OauthSettings out;
  out.claims.issuer = oauth.issuer;
  out.claims.audience = oauth.audience;
  out.claims.scope = oauth.scope;
  out.claims.name_claim = oauth.name_claim;
  out.claims.leeway = oauth.leeway;
  out.untyped = oauth.untyped;
  out.jwks_url = oauth.jwks_url;
  out.jwks_file = oauth.jwks_file;
  out.introspection_url = oauth.introspection_url;
  out.client_id = oauth.client_id;
  out.client_secret_file = oauth.client_secret_file;
  out.ca_file = oauth.ca_file;
  out.timeout = oauth.timeout;
  out.cache_age_max = oauth.cache_age;
  out.names = name_rules(config);
  return out;
}

accounts::ScramSettings scram_settings(const config::Config& config, SecretString salt_key) {
  accounts::ScramSettings out;
  out.names = name_rules(config);
  out.salt_key = std::move(salt_key);
  out.iterations = config.auth.scram_iterations;
  return out;
}

accounts::SecretSettings secret_settings(const config::Auth& auth) {
  accounts::SecretSettings out;
  out.scheme = auth.password_scheme == config::PasswordScheme::kScramSha256
                   ? accounts::NewScheme::kScramSha256
                   : accounts::NewScheme::kArgon2id;
  out.scram_iterations = auth.scram_iterations;
  return out;
}

accounts::RouterSettings router_settings(const config::Config& config) {
  accounts::RouterSettings out;
  out.default_domain = config.accounts.default_domain;
  out.postmaster = config.accounts.postmaster;
  out.postmaster_domains = postmaster_domains(config);
  out.subaddress_separator = config.accounts.subaddress_separator;
  out.fold_local_part = config.accounts.fold_local_part;
  return out;
}

maildrop::StoreSettings store_settings(const config::Config& config) {
  maildrop::StoreSettings out(config.data_dir.string(), system_clock());
  out.back_end = config.maildrop.backend;
  out.idle_maildrops_max = config.limits.idle_maildrops;
  out.patience = disk::patience_of(config.maildrop.lock_timeout);
  return out;
}

}  // namespace restante::server
