#include "accounts/ldap/directory.h"

#include <fstream>

#include "accounts/connection_pool.h"
#include "accounts/ldap/connection.h"
#include "accounts/ldap/filter.h"
#include "accounts/other_spellings.h"
#include "accounts/password.h"

namespace restante::accounts::ldap {
namespace {

constexpr int kAliasEntriesMax = 1000;
// An entry that nobody has: a bind as it costs what a bind with a wrong password costs.
constexpr std::string_view kNobody = "cn=restante-nobody,";

Result<std::string> read_password(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line.empty())
    return Error(Errc::kIo, path.string() + ": cannot be read, or its first line is empty");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

class LdapDirectory : public Directory {
 public:
  LdapDirectory(Settings settings, std::string service_password)
      : settings_(std::move(settings)),
        service_password_(std::move(service_password)),
        outage_("ldap " + settings_.uri, settings_.tell),
        searches_(settings_.connections + kQuestionsOfMail, kPatience, outage_,
                  [this] { return open_for_searches(); }),
        binds_(settings_.connections, kPatience, outage_,
               [this] { return Connection::open(settings_); }) {}
  ~LdapDirectory() override { wipe(service_password_); }
  LdapDirectory(const LdapDirectory&) = delete;
  LdapDirectory& operator=(const LdapDirectory&) = delete;

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::size_t questions_at_once() const override { return settings_.connections; }
  [[nodiscard]] std::string place_of(const Account&) const override { return outage_.where(); }

  Result<Account> find(std::string_view name) override {
    SearchRequest request;
    request.filter = fill_filter(settings_.filter, name);
    request.attribute = settings_.name_attribute;
    if (settings_.password_by == PasswordBy::kSecret)
      request.second_attribute = settings_.secret_attribute;
    RESTANTE_TRY(std::vector<Entry> entries, search(std::move(request)));
    // LDAP compares loosely (case, blanks): an entry counts only under a spelling of the name, and
    // the very spelling before the others.
    std::erase_if(entries, [&](const Entry& entry) { return !spelling_in(entry, name); });
    const auto is_other = [&](const Entry& entry) { return *spelling_in(entry, name) != name; };
    if (!std::all_of(entries.begin(), entries.end(), is_other)) std::erase_if(entries, is_other);
    if (entries.empty()) return Error(Errc::kNotFound, "no such account");
    if (entries.size() > 1)
      return Error(Errc::kIo, outage_.where() + ": two entries for " + std::string(name) +
                                  ": make accounts.filter tighter");
    const std::string own = *spelling_in(entries.front(), name);
    return to_account(own, std::move(entries.front()));
  }

  Result<Account> find_alike(std::string_view name) override {
    return ask_other_spellings(name, settings_.names.fold_local_part,
                               [this](const std::string& other) { return find(other); });
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    if (settings_.alias_filter.empty()) return Error(Errc::kNotFound, "no such alias");
    SearchRequest request;
    request.filter = fill_filter(settings_.alias_filter, address);
    request.attribute = settings_.alias_attribute;
    request.entries_max = kAliasEntriesMax;
    RESTANTE_TRY(const std::vector<Entry> entries, search(std::move(request)));
    std::vector<std::string> targets;
    for (const Entry& entry : entries) {
      for (const std::string& value : entry.values) {
        auto target = canonical_name(value, settings_.names);
        if (target && *target != address) targets.push_back(std::move(*target));
      }
    }
    if (targets.empty()) return Error(Errc::kNotFound, "no such alias");
    return targets;
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    return ask_other_spellings(address, settings_.names.fold_local_part,
                               [this](const std::string& other) { return find_alias(other); });
  }

  Result<bool> has_domain(std::string_view domain) override {
    return any_spelling_of(domain, [this](const std::string& form) { return has_entry_of(form); });
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    if (!account.asks_back_end()) return Directory::check_password(account, password, peer);
    if (password.empty()) return Error(Errc::kAuth, "an empty password");
    return binds_.ask(
        [&](Connection& connection) { return connection.bind(account.handle, password); });
  }

  std::optional<Account> nobody(std::string_view name) override {
    if (settings_.password_by == PasswordBy::kSecret) return std::nullopt;
    Account account;
    account.name = name;
    account.handle = std::string(kNobody) + settings_.base;
    return account;
  }

 private:
  Result<std::unique_ptr<Connection>> open_for_searches() {
    RESTANTE_TRY(auto connection, Connection::open(settings_));
    if (settings_.bind_dn.empty()) return connection;
    const Status bound = connection->bind(settings_.bind_dn, service_password_);
    if (bound) return connection;
    // Nobody's password is wrong but ours.
    return Error(Errc::kIo, settings_.bind_dn + ": " + bound.error().detail);
  }

  Result<std::vector<Entry>> search(SearchRequest request) {
    request.base = settings_.base;
    return searches_.ask([&](Connection& connection) { return connection.search(request); });
  }

  Result<bool> has_entry_of(std::string_view domain) {
    SearchRequest request;
    request.filter = "(" + settings_.name_attribute + "=*@" + escape_filter_value(domain) + ")";
    request.attribute = settings_.name_attribute;
    request.entries_max = 1;
    RESTANTE_TRY(const std::vector<Entry> entries, search(std::move(request)));
    return !entries.empty();
  }

  /// How the entry spells this name, if it has it.
  [[nodiscard]] std::optional<std::string> spelling_in(const Entry& entry,
                                                       std::string_view name) const {
    std::vector<std::string> names;
    for (const std::string& value : entry.values)
      if (auto canonical = canonical_name(value, settings_.names))
        names.push_back(std::move(*canonical));
    const std::string* const chosen = choose_spelling(names, name, settings_.names.fold_local_part);
    return chosen == nullptr ? std::nullopt : std::optional(*chosen);
  }

  Result<Account> to_account(std::string_view name, Entry entry) const {
    Account account;
    account.name = name;
    if (settings_.password_by == PasswordBy::kBind) {
      account.handle = std::move(entry.dn);
      return account;
    }
    // Of several, the first that we can check.
    for (std::string& value : entry.second_values)
      if (account.secret.empty() && is_known_scheme(value)) account.secret = std::move(value);
    return account;
  }

  const Settings settings_;
  std::string service_password_;
  Outage outage_;
  ConnectionPool<Connection> searches_;  ///< Bound as the service.
  ConnectionPool<Connection> binds_;     ///< Bound as whoever asked last; never searched with.
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings) {
  RESTANTE_CHECKED(check_filter(settings.filter));
  if (!settings.alias_filter.empty()) RESTANTE_CHECKED(check_filter(settings.alias_filter));
  std::string password;
  if (!settings.bind_dn.empty()) {
    RESTANTE_TRY(std::string read, read_password(settings.bind_password_file));
    password = std::move(read);
  }
  return std::unique_ptr<Directory>(
      std::make_unique<LdapDirectory>(std::move(settings), std::move(password)));
}

}  // namespace restante::accounts::ldap
