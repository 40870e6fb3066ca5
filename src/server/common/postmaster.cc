#include "server/common/postmaster.h"

#include <algorithm>

#include "accounts/names/spelling.h"
#include "accounts/sqlite/peek.h"
#include "base/clock.h"
#include "server/common/back_ends.h"

namespace restante::server {
namespace {

using config::AccountsBackend;

bool takes_mail_from_the_world(const config::Config& config) {
  return std::any_of(config.listen.begin(), config.listen.end(), [](const config::Listen& listen) {
    return listen.protocol == config::Protocol::kSmtp;
  });
}

std::vector<const config::AccountsSource*> sources(const config::Config& config) {
  std::vector<const config::AccountsSource*> out{&config.accounts};
  for (const config::AccountsSource& next : config.accounts.next) out.push_back(&next);
  return out;
}

std::string missing(const config::Config& config) {
  if (!config.accounts.postmaster.empty())
    return "accounts.postmaster: there is no account " + config.accounts.postmaster +
           ", so mail to postmaster is refused (RFC 5321 s.4.5.1)";
  return "accounts.postmaster: is not set, and there is no account or alias postmaster@" +
         postmaster_domains(config).front() +
         ", so mail to postmaster is refused (RFC 5321 s.4.5.1): set it to an account";
}

// Whether this one can be said to have the address; false where it cannot be looked at.
bool has_address(const config::Config& config, const config::AccountsSource& source,
                 const std::string& address) {
  if (source.backend == AccountsBackend::kSqlite) {
    const auto found = accounts::sqlite::has_address(source.path, address);
    return found && *found;
  }
  if (source.backend != AccountsBackend::kPasswdFile) return false;
  config::Config alone = config;
  static_cast<config::AccountsSource&>(alone.accounts) = source;
  alone.accounts.next.clear();
  accounts::BackendSettings settings = backend_settings(alone);
  settings.own = {};  // Nothing is made where somebody only looks.
  const auto directory = accounts::open_directory(settings, system_clock());
  if (!directory) return false;
  return accounts::Router(**directory, router_settings(alone)).resolve(address).has_value();
}

}  // namespace

std::vector<std::string> postmaster_domains(const config::Config& config) {
  if (!config.accounts.default_domain.empty()) return {config.accounts.default_domain};
  std::vector<std::string> out;
  for (std::string_view name = config.hostname; name.find('.') != std::string_view::npos;
       name.remove_prefix(name.find('.') + 1))
    out.emplace_back(name);
  if (out.empty()) out.push_back(config.hostname);
  return out;
}

std::string postmaster_warning(const config::Config& config, const accounts::Router& router) {
  if (!takes_mail_from_the_world(config)) return {};
  const auto found = router.resolve("postmaster");
  const bool nobody =
      !found && (found.error().code == Errc::kNotFound || found.error().code == Errc::kSyntax ||
                 found.error().code == Errc::kState);
  return nobody ? missing(config) : std::string();
}

std::string postmaster_warning(const config::Config& config) {
  if (!takes_mail_from_the_world(config) || !config.accounts.postmaster.empty()) return {};
  for (const std::string& domain : postmaster_domains(config))
    for (const std::string& form : accounts::domain_spellings(domain))
      for (const config::AccountsSource* source : sources(config))
        if (has_address(config, *source, "postmaster@" + form)) return {};
  return missing(config);
}

}  // namespace restante::server
