#include "config/accounts_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/ip.h"

namespace restante::config {
namespace {

struct BackendName {
  AccountsBackend backend;
  std::string_view name;
};
constexpr std::array<BackendName, 5> kNames = {{{AccountsBackend::kSqlite, "sqlite"},
                                                {AccountsBackend::kPasswdFile, "passwd-file"},
                                                {AccountsBackend::kPam, "pam"},
                                                {AccountsBackend::kLdap, "ldap"},
                                                {AccountsBackend::kPostgresql, "postgresql"}}};

/// A key, and the back ends that know it ("sqlite passwd-file") or need it.
struct KeyUse {
  std::string_view key;
  std::string_view known_to;
  std::string_view needed_by = "";
};
constexpr std::array<KeyUse, 28> kUses = {{
    {"path", "sqlite passwd-file", "passwd-file"},
    {"aliases", "passwd-file"},
    {"service", "pam"},
    {"service_dir", "pam"},
    {"users", "pam"},
    {"pam_name", "pam"},
    {"min_uid", "pam"},
    {"uri", "ldap", "ldap"},
    {"start_tls", "ldap"},
    {"ca_file", "ldap"},
    {"bind_dn", "ldap"},
    {"bind_password_file", "ldap"},
    {"base", "ldap", "ldap"},
    {"filter", "ldap", "ldap"},
    {"name_attribute", "ldap"},
    {"maildrop_attribute", "ldap"},
    {"windows_domain", "ldap"},
    {"disabled_filter", "ldap"},
    {"no_login_filter", "ldap"},
    {"password", "ldap"},
    {"secret_attribute", "ldap"},
    {"alias_filter", "ldap"},
    {"alias_attribute", "ldap"},
    {"connection", "postgresql", "postgresql"},
    {"account_query", "postgresql", "postgresql"},
    {"alias_query", "postgresql"},
    {"domain_query", "postgresql"},
    {"connections", "pam ldap postgresql"},
}};

std::string_view name_of(AccountsBackend backend) {
  for (const BackendName& known : kNames)
    if (known.backend == backend) return known.name;
  return "";
}

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// One table of accounts and where to complain.
class SourceRules {
 public:
  SourceRules(const Node& table, std::string prefix, Mistakes& mistakes)
      : table_(table), prefix_(std::move(prefix)), mistakes_(mistakes) {}

  void check_keys(AccountsBackend backend) const {
    const std::string_view name = name_of(backend);
    for (const KeyUse& use : kUses) {
      const bool given = find(table_, use.key) != nullptr;
      if (given && use.key == "aliases" && name == "sqlite")
        wrong("aliases", "goes with backend \"passwd-file\"; for sqlite: restantectl alias");
      else if (given && !lists(use.known_to, name))
        wrong(use.key, fmt::format("goes with backend {}", quoted(use.known_to)));
      if (!given && lists(use.needed_by, name))
        wrong(use.key, fmt::format("is missing; backend \"{}\" needs it", name), "backend");
    }
    const bool local =
        backend == AccountsBackend::kSqlite || backend == AccountsBackend::kPasswdFile;
    if (local && find(table_, "timeout") != nullptr)
      wrong("timeout", "goes with backend \"pam\", \"ldap\" or \"postgresql\"");
  }

  void check_pam(const AccountsSource& source, const Accounts& accounts) const {
    if (source.users.empty() && source.pam_name == PamName::kFull)
      wrong("users", "is missing; pam_name \"full\" needs a list of the names", "pam_name");
    if (source.users.empty() && accounts.default_domain.empty())
      mistakes_.add(table_.line, "accounts.default_domain",
                    "is missing; the system's users are names of that domain");
  }

  void check_ldap(const AccountsSource& source, const Accounts& accounts) const {
    if (source.uri.empty()) return;
    if (source.name_attribute.find(' ') != std::string::npos && source.maildrop_attribute.empty())
      wrong("maildrop_attribute",
            "is missing; an entry with several names needs one for its maildrop", "name_attribute");
    if (!source.windows_domain.empty() && accounts.default_domain.empty())
      wrong("windows_domain", "goes with accounts.default_domain, which completes the user's name");
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

  static std::string quoted(std::string_view words) {
    std::string out = "\"" + std::string(words) + "\"";
    for (std::size_t at = out.find(' '); at != std::string::npos; at = out.find(' ', at + 8))
      out.replace(at, 1, "\" or \"");
    return out;
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

/// The first for which `is_meant`; null when there is none.
template <typename IsMeant>
const AccountsSource* first_source(const Accounts& accounts, IsMeant is_meant) {
  if (is_meant(accounts)) return &accounts;
  const auto found = std::find_if(accounts.next.begin(), accounts.next.end(), is_meant);
  return found == accounts.next.end() ? nullptr : &*found;
}

std::string first_connection(const Accounts& accounts) {
  const AccountsSource* const source =
      first_source(accounts, [](const AccountsSource& one) { return !one.connection.empty(); });
  return source == nullptr ? std::string() : source->connection;
}

/// Where the settings of accounts are.
void apply_settings_rules(const Node& table, Accounts& accounts, Mistakes& mistakes) {
  const Node* const store = find(table, "settings");
  const Node* const connection = find(table, "settings_connection");
  const bool in_postgresql = accounts.settings == SettingsStore::kPostgresql;
  if (connection != nullptr && !in_postgresql)
    mistakes.add(connection->line, "accounts.settings_connection",
                 "goes with settings = \"postgresql\"");
  if (!in_postgresql) return;
  if (database_source(accounts) != nullptr)
    mistakes.add(store->line, "accounts.settings",
                 "\"postgresql\" goes without backend \"sqlite\", whose accounts have their "
                 "settings beside them");
  if (accounts.settings_connection.empty())
    accounts.settings_connection = first_connection(accounts);
  if (accounts.settings_connection.empty())
    mistakes.add(store->line, "accounts.settings_connection",
                 "is missing; settings \"postgresql\" needs it where no back end has a connection");
}

void apply_source(const Node& table, AccountsSource& source, const Accounts& accounts,
                  const SourceRules& rules) {
  rules.check_keys(source.backend);
  if (source.backend == AccountsBackend::kPam) rules.check_pam(source, accounts);
  if (source.backend == AccountsBackend::kLdap && find(table, "uri") != nullptr)
    rules.check_ldap(source, accounts);
}

}  // namespace

void apply_accounts_rules(const Node& root, const std::filesystem::path& data_dir,
                          Accounts& accounts, Mistakes& mistakes) {
  const Node nothing;
  const Node* const found = find(root, "accounts");
  const Node& table = found == nullptr ? nothing : *found;
  apply_source(table, accounts, accounts, SourceRules(table, "accounts.", mistakes));
  const Node* const next = find(table, "next");
  for (std::size_t i = 0; i < accounts.next.size(); ++i) {
    const Node& own = next->items[i];
    apply_source(own, accounts.next[i], accounts, SourceRules(own, "accounts.next.", mistakes));
  }
  const auto complete = [&data_dir](AccountsSource& source) {
    if (source.backend == AccountsBackend::kSqlite && source.path.empty() && !data_dir.empty())
      source.path = data_dir / "accounts.db";
  };
  complete(accounts);
  for (AccountsSource& source : accounts.next) complete(source);
  apply_settings_rules(table, accounts, mistakes);
  if (const AccountsSource* const database = database_source(accounts); database != nullptr)
    accounts.settings_path = database->path;
  else if (!data_dir.empty())
    accounts.settings_path = data_dir / "accounts.db";
}

const AccountsSource* local_source(const Accounts& accounts) {
  return first_source(accounts, [](const AccountsSource& source) {
    return source.backend == AccountsBackend::kSqlite ||
           source.backend == AccountsBackend::kPasswdFile;
  });
}

const AccountsSource* database_source(const Accounts& accounts) {
  return first_source(accounts, [](const AccountsSource& source) {
    return source.backend == AccountsBackend::kSqlite;
  });
}

}  // namespace restante::config
