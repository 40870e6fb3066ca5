#include "server/common/postmaster.h"

#include <algorithm>

#include "accounts/names/spelling.h"
#include "accounts/sqlite/peek.h"
#include "base/clock.h"
#include "server/common/back_ends.h"

namespace restante::server {
namespace {

using accounts::Backend;

bool takes_mail_from_the_world(const settings::Config& config) {
  // RFC 5321 s.4.5.1 binds servers that take mail by SMTP; LMTP's sender has a postmaster of its
  // own.
  return std::any_of(
      config.listen.begin(), config.listen.end(),
      [](const settings::Listen& listen) { return listen.protocol == settings::Protocol::kSmtp; });
}

std::vector<const accounts::BackendSettings*> sources(const settings::Config& config) {
  std::vector<const accounts::BackendSettings*> out{&config.accounts};
  for (const accounts::BackendSettings& next : config.accounts.next) out.push_back(&next);
  return out;
}

std::string missing(const settings::Config& config) {
  if (!config.accounts.postmaster.empty())
    return "accounts.postmaster: there is no account " + config.accounts.postmaster +
           ", so mail to postmaster is refused (RFC 5321 s.4.5.1)";
  return "accounts.postmaster: is not set, and there is no account or alias postmaster@" +
         postmaster_domains(config).front() +
         ", so mail to postmaster is refused (RFC 5321 s.4.5.1): set it to an account";
}

// Whether this back end has the address; false where it cannot be asked here.
bool has_address(const settings::Config& config, const accounts::BackendSettings& source,
                 const std::string& address) {
  // Back ends over the network are asked by the running server, which has connections to them.
  if (source.backend == Backend::kSqlite) {
    const auto found = accounts::sqlite::has_address(source.path, address);
    return found && *found;
  }
  if (source.backend != Backend::kPasswdFile) return false;
  accounts::BackendSettings alone = source;
  alone.names = config.accounts.names;
  alone.next.clear();
  alone.own = {};  // A look makes nothing.
  const auto directory = accounts::open_directory(alone, system_clock());
  if (!directory) return false;
  return accounts::Router(**directory, router_settings(config)).resolve(address).has_value();
}

}  // namespace

std::vector<std::string> postmaster_domains(const settings::Config& config) {
  if (!config.accounts.names.default_domain.empty()) return {config.accounts.names.default_domain};
  std::vector<std::string> out;
  // "mail.example.org" often takes the mail of "example.org".
  for (std::string_view name = config.hostname; name.find('.') != std::string_view::npos;
       name.remove_prefix(name.find('.') + 1))
    out.emplace_back(name);
  if (out.empty()) out.push_back(config.hostname);
  return out;
}

std::string postmaster_warning(const settings::Config& config, const accounts::Router& router) {
  if (!takes_mail_from_the_world(config)) return {};
  const auto found = router.resolve("postmaster");
  // A back end that is down has not said that there is none.
  const bool nobody =
      !found && (found.error().code == Errc::kNotFound || found.error().code == Errc::kSyntax ||
                 found.error().code == Errc::kState);
  return nobody ? missing(config) : std::string();
}

std::string postmaster_warning(const settings::Config& config) {
  if (!takes_mail_from_the_world(config) || !config.accounts.postmaster.empty()) return {};
  for (const std::string& domain : postmaster_domains(config))
    // A domain may stand in the accounts in letters of its own script, or in the form of DNS.
    for (const std::string& form : accounts::domain_spellings(domain))
      for (const accounts::BackendSettings* source : sources(config))
        if (has_address(config, *source, "postmaster@" + form)) return {};
  return missing(config);
}

}  // namespace restante::server
