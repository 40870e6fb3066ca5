#include "server/start/back_end_check.h"

#include "accounts/chain/check.h"
#include "accounts/oauth/check.h"
#include "base/clock.h"
#include "server/common/back_ends.h"

namespace restante::server {
namespace {

/// The back ends in order: [accounts], and each [[accounts.next]].
template <typename Visit>
void for_each_back_end(const settings::Config& config, Visit visit) {
  const accounts::BackendSettings& first = config.accounts;
  visit("accounts", 0, first, first.names);
  for (std::size_t i = 0; i < first.next.size(); ++i)
    visit("accounts.next", i, first.next[i], first.names);
}

void add(const std::string& table, std::size_t index, const accounts::KeyFaults& faults,
         std::vector<config::KeyMistake>& out) {
  for (const accounts::KeyFault& fault : faults)
    out.emplace_back(table, index, fault.key, fault.what);
}

}  // namespace

std::vector<config::KeyMistake> back_end_mistakes(const settings::Config& config) {
  std::vector<config::KeyMistake> out;
  for_each_back_end(
      config, [&out](const char* table, std::size_t index,
                     const accounts::BackendSettings& settings, const accounts::NameRules& names) {
        add(table, index, accounts::check_back_end(settings, names), out);
      });
  add("accounts", 0, accounts::check_settings_place(config.accounts.own), out);
  if (!config.oauth.claims.issuer.empty())
    add("oauth", 0, accounts::oauth::check_settings(oauth_settings(config)), out);
  return out;
}

AskedBackEnds ask_back_ends(const settings::Config& config) {
  AskedBackEnds out;
  const auto note = [&out](const char* table, std::size_t index, const std::string& name,
                           const accounts::KeyFaults& faults) {
    add(table, index, faults, out.mistakes);
    if (faults.empty()) out.answered.push_back(name);
  };
  for_each_back_end(
      config, [&note](const char* table, std::size_t index,
                      const accounts::BackendSettings& settings, const accounts::NameRules& names) {
        note(table, index, accounts::name_of(settings), accounts::ask_back_end(settings, names));
      });
  const accounts::SettingsPlace& own = config.accounts.own;
  if (own.kind == accounts::SettingsPlace::Kind::kPostgresql)
    note("accounts", 0, "postgresql, settings of accounts", accounts::ask_settings_place(own));
  if (!config.oauth.claims.issuer.empty())
    note("oauth", 0, "oauth " + config.oauth.claims.issuer,
         accounts::oauth::ask(oauth_settings(config), system_clock()));
  return out;
}

}  // namespace restante::server
