// What takes more than one key of the accounts to judge.
#include <fmt/format.h>

#include <algorithm>

#include "accounts/chain/source_keys.h"
#include "accounts/ldap/entry_names.h"
#include "base/ascii.h"
#include "base/ip.h"
#include "config/keys.h"

namespace restante::accounts {
namespace {

using config::find;
using config::Mistakes;
using config::Node;

/// A key, and the back ends that know it, or need it.
struct KeyUse {
  std::string key;
  std::vector<Backend> known_to;
  std::vector<Backend> needed_by{};
};

template <typename Keys>
void add_uses(Backend backend, const Keys& keys, std::vector<KeyUse>& uses) {
  for (const auto& key : keys) {
    uses.push_back({key.note.name, {backend}});
    // A key that one back end needs is optional in the table, and needed with that back end alone.
    if (key.need == config::Need::kRequired) uses.back().needed_by = {backend};
  }
}

/// In the order of the keys.
const std::vector<KeyUse>& key_uses() {
  static const std::vector<KeyUse> uses = [] {
    std::vector<KeyUse> out = {
        {"path", {Backend::kSqlite, Backend::kPasswdFile}, {Backend::kPasswdFile}},
        {"aliases", {Backend::kPasswdFile}}};
    add_uses(Backend::kPam, pam::keys(), out);
    add_uses(Backend::kLdap, ldap::keys(), out);
    add_uses(Backend::kPostgresql, postgresql::keys(), out);
    out.push_back({"connections", {Backend::kPam, Backend::kLdap, Backend::kPostgresql}});
    return out;
  }();
  return uses;
}

bool lists(const std::vector<Backend>& backends, Backend backend) {
  return std::ranges::find(backends, backend) != backends.end();
}

/// "pam" or "ldap".
std::string quoted(const std::vector<Backend>& backends) {
  std::string out;
  for (const Backend backend : backends)
    out += fmt::format("{}\"{}\"", out.empty() ? "" : " or ", word_of(backend));
  return out;
}

/// One table of accounts and where to complain.
class SourceRules {
 public:
  SourceRules(const Node& table, std::string prefix, Mistakes& mistakes)
      : table_(table), prefix_(std::move(prefix)), mistakes_(mistakes) {}

  void check_keys(Backend backend) const {
    for (const KeyUse& use : key_uses()) {
      const bool given = find(table_, use.key) != nullptr;
      if (given && use.key == "aliases" && backend == Backend::kSqlite)
        wrong("aliases", "goes with backend \"passwd-file\"; for sqlite: restantectl alias");
      else if (given && !lists(use.known_to, backend))
        wrong(use.key, fmt::format("goes with backend {}", quoted(use.known_to)));
      if (!given && lists(use.needed_by, backend))
        wrong(use.key, fmt::format("is missing; backend \"{}\" needs it", word_of(backend)),
              "backend");
    }
    const bool local = backend == Backend::kSqlite || backend == Backend::kPasswdFile;
    if (local && find(table_, "timeout") != nullptr)
      wrong("timeout", "goes with backend \"pam\", \"ldap\" or \"postgresql\"");
  }

  // A user of the system has no domain, and a mail address has one.
  void check_pam(const pam::Settings& source, const NameRules& names) const {
    if (source.users.empty() && source.full_name)
      wrong("users", "is missing; pam_name \"full\" needs a list of the names", "pam_name");
    if (source.users.empty() && names.default_domain.empty())
      mistakes_.add(table_.line, "accounts.default_domain",
                    "is missing; the system's users are names of that domain");
  }

  void check_ldap(const ldap::Settings& source, const NameRules& names) const {
    if (source.uri.empty()) return;
    // The name that was used would name the maildrop: one user would have several.
    if (source.name_attributes.size() > 1 && source.maildrop_attribute.empty())
      wrong("maildrop_attribute",
            "is missing; an entry with several names needs one for its maildrop", "name_attribute");
    if (ldap::never_has_domain(source.maildrop_attribute) && names.default_domain.empty())
      wrong("maildrop_attribute",
            "goes with accounts.default_domain, which completes the maildrop's name");
    if (!source.windows_domain.empty() && names.default_domain.empty())
      wrong("windows_domain", "goes with accounts.default_domain, which completes the user's name");
    // A name without a password would bind as no one, and still succeed.
    if (source.bind_dn.empty() != source.bind_password_file.empty())
      wrong(source.bind_dn.empty() ? "bind_dn" : "bind_password_file",
            "is missing; bind_dn and bind_password_file go together", "uri");
    std::string_view rest = source.uri;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      check_uri(rest.substr(0, end), source.start_tls);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

 private:
  void check_uri(std::string_view uri, bool start_tls) const {
    const bool plain = starts_with_ignore_case(uri, "ldap://");
    const bool known = plain || starts_with_ignore_case(uri, "ldaps://") ||
                       starts_with_ignore_case(uri, "ldapi://");
    if (!known) return wrong("uri", "must be ldap://HOST, ldaps://HOST or ldapi://SOCKET");
    if (!plain) {
      if (start_tls) wrong("start_tls", "goes with ldap:// only");
      return;
    }
    const std::string_view rest = uri.substr(std::string_view("ldap://").size());
    const std::size_t end = rest.starts_with('[') ? rest.find(']') + 1 : rest.find_first_of(":/");
    const std::string_view host = rest.substr(0, end);
    const auto address =
        IpAddress::parse(host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
    const bool here =
        host == "localhost" || (address && (IpNetwork::loopback_v4().contains(*address) ||
                                            IpNetwork::loopback_v6().contains(*address)));
    if (!here && !start_tls)
      wrong("uri", "passwords would cross the network in the clear; set start_tls = true");
  }

  /// Complains at the key, or where it is missing at `instead`.
  void wrong(std::string_view key, std::string_view what, std::string_view instead = "") const {
    const Node* node = find(table_, key);
    if (node == nullptr) node = find(table_, instead);
    mistakes_.add(node == nullptr ? table_.line : node->line, prefix_ + std::string(key), what);
  }

  const Node& table_;
  const std::string prefix_;
  Mistakes& mistakes_;
};

std::string first_connection(const BackendSettings& first) {
  if (!first.postgresql.connection.empty()) return first.postgresql.connection;
  for (const BackendSettings& next : first.next)
    if (!next.postgresql.connection.empty()) return next.postgresql.connection;
  return {};
}

/// Where the settings of accounts are.
void apply_settings_rules(const Node& table, const std::filesystem::path& data_dir,
                          Settings& accounts, Mistakes& mistakes) {
  SettingsPlace& own = accounts.own;
  const BackendSettings* const database = database_back_end(accounts);
  // Written down, so that every reader of the settings sees the same.
  if (own.kind == SettingsPlace::Kind::kNone) own.kind = SettingsPlace::Kind::kSqlite;
  if (database != nullptr)
    own.path = database->path;
  else if (!data_dir.empty())
    own.path = data_dir / "accounts.db";
  // Slow by the same rules as the accounts' own back ends.
  own.postgresql.timeout = accounts.postgresql.timeout;
  own.postgresql.connections = accounts.postgresql.connections;
  const Node* const store = find(table, "settings");
  const Node* const connection = find(table, "settings_connection");
  const bool in_postgresql = own.kind == SettingsPlace::Kind::kPostgresql;
  if (connection != nullptr && !in_postgresql)
    mistakes.add(connection->line, "accounts.settings_connection",
                 "goes with settings = \"postgresql\"");
  if (!in_postgresql) return;
  if (database != nullptr)
    mistakes.add(store->line, "accounts.settings",
                 "\"postgresql\" goes without backend \"sqlite\", whose accounts have their "
                 "settings beside them");
  if (own.postgresql.connection.empty()) own.postgresql.connection = first_connection(accounts);
  if (own.postgresql.connection.empty())
    mistakes.add(store->line, "accounts.settings_connection",
                 "is missing; settings \"postgresql\" needs it where no back end has a connection");
}

void apply_source(const Node& table, const BackendSettings& source, const NameRules& names,
                  const SourceRules& rules) {
  rules.check_keys(source.backend);
  if (source.backend == Backend::kPam) rules.check_pam(source.pam, names);
  if (source.backend == Backend::kLdap && find(table, "uri") != nullptr)
    rules.check_ldap(source.ldap, names);
}

}  // namespace

void apply_rules(const Node& root, const std::filesystem::path& data_dir, Settings& accounts,
                 Mistakes& mistakes) {
  const Node nothing;
  const Node* const found = find(root, "accounts");
  const Node& table = found == nullptr ? nothing : *found;
  apply_source(table, accounts, accounts.names, SourceRules(table, "accounts.", mistakes));
  const Node* const next = find(table, "next");
  for (std::size_t i = 0; i < accounts.next.size(); ++i) {
    const Node& own = next->items[i];
    apply_source(own, accounts.next[i], accounts.names,
                 SourceRules(own, "accounts.next.", mistakes));
  }
  const auto complete = [&data_dir](BackendSettings& source) {
    if (source.backend == Backend::kSqlite && source.path.empty() && !data_dir.empty())
      source.path = data_dir / "accounts.db";
  };
  complete(accounts);
  for (BackendSettings& source : accounts.next) complete(source);
  apply_settings_rules(table, data_dir, accounts, mistakes);
}

}  // namespace restante::accounts
