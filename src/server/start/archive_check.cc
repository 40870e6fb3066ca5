#include "server/start/archive_check.h"

#include "accounts/chain/open.h"
#include "accounts/sqlite/peek.h"
#include "base/clock.h"
#include "server/delivery/archive.h"

namespace restante::server {
namespace {

using accounts::Backend;
using accounts::BackendSettings;

/// nullopt: it cannot be told.
std::optional<bool> has_account(const settings::Config& config, const BackendSettings& source,
                                const std::string& name, bool asks_others) {
  // The database is not opened as the server opens it: that would make or upgrade it.
  if (source.backend == Backend::kSqlite) {
    const auto found = accounts::sqlite::has_address(source.path, name);
    return found ? std::optional(*found) : std::nullopt;
  }
  if (source.backend != Backend::kPasswdFile && !asks_others) return std::nullopt;
  BackendSettings alone = source;
  alone.names = config.accounts.names;
  alone.next.clear();
  alone.own = {};  // A look makes nothing.
  const auto directory = accounts::open_directory(alone, system_clock());
  if (!directory) return std::nullopt;
  const auto found = (*directory)->find(name);
  if (found) return true;
  return found.error().code == Errc::kNotFound ? std::optional(false) : std::nullopt;
}

bool is_missing(const settings::Config& config, const std::string& name, bool asks_others) {
  if (has_account(config, config.accounts, name, asks_others) != false) return false;
  for (const BackendSettings& next : config.accounts.next)
    if (has_account(config, next, name, asks_others) != false) return false;
  return true;
}

}  // namespace

std::vector<std::string> archive_warnings(const settings::Config& config, bool asks_others) {
  std::vector<std::string> out;
  for (const std::string& name : archive_accounts(config.accounts))
    if (is_missing(config, name, asks_others))
      out.push_back("accounts.archive_account: there is no account " + name +
                    ", so mail for it is put off: restantectl account add " + name);
  return out;
}

}  // namespace restante::server
