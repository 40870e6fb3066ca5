#include "accounts/ldap/directory.h"

#include <fstream>

#include "accounts/connection_pool.h"
#include "accounts/ldap/connection.h"
#include "accounts/ldap/entry_filter.h"
#include "accounts/ldap/entry_names.h"
#include "accounts/ldap/entry_secret.h"
#include "accounts/ldap/filter.h"
#include "accounts/names/name_memory.h"
#include "accounts/names/other_spellings.h"
#include "accounts/passwords/password.h"

namespace restante::accounts::ldap {
namespace {

constexpr int kAliasEntriesMax = 1000;
// One entry is right; a few more tell an address from a user name of the same spelling.
constexpr int kEntriesMax = 64;
constexpr std::size_t kNamesRemembered = 100'000;
// An entry that does not exist: a bind as it costs as much as a bind with a wrong password.
constexpr std::string_view kNobody = "cn=restante-nobody,";

Result<std::string> read_password(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  const bool is_read = static_cast<bool>(std::getline(file, line));
  if (line.ends_with('\r')) line.pop_back();
  if (!is_read || line.empty())
    return Error(Errc::kIo, path.string() + ": cannot be read, or its first line is empty");
  return line;
}

/// The marks of entries that are kept out.
struct Marks {
  EntryFilter disabled;
  EntryFilter no_login;
};

std::vector<std::string> attributes_of(const Settings& settings, const Marks& marks) {
  std::vector<std::string> out;
  for (const std::string& attribute : settings.name_attributes) add_attribute(out, attribute);
  add_attribute(out, settings.maildrop_attribute);
  for (const EntryFilter* filter : {&marks.disabled, &marks.no_login})
    for (const std::string& attribute : filter->attributes()) add_attribute(out, attribute);
  if (settings.password_by == PasswordBy::kSecret) add_attribute(out, settings.secret_attribute);
  return out;
}

class LdapDirectory : public Directory {
 public:
  LdapDirectory(Settings settings, Login service, Marks marks)
      : settings_(std::move(settings)),
        service_(std::move(service)),
        marks_(std::move(marks)),
        attributes_(attributes_of(settings_, marks_)),
        servers_(settings_.uri),
        outage_("ldap " + settings_.uri, settings_.tell),
        searches_(settings_.connections + kQuestionsOfMail, kPatience, outage_,
                  [this] { return Connection::open(settings_, servers_, &service_); }),
        binds_(settings_.connections, kPatience, outage_,
               [this] { return Connection::open(settings_, servers_, nullptr); }) {
    // Both pools share what connections the server gives us.
    searches_.make_room_by(binds_);
    binds_.make_room_by(searches_);
  }
  ~LdapDirectory() override { wipe(service_.password); }
  LdapDirectory(const LdapDirectory&) = delete;
  LdapDirectory& operator=(const LdapDirectory&) = delete;

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::vector<std::size_t> questions_at_once() const override {
    return {settings_.connections};
  }
  [[nodiscard]] std::string place_of(const Account&) const override { return outage_.where(); }

  Result<Account> find(std::string_view typed) override {
    const std::string name = without_windows_domain(typed, settings_);
    // A maildrop's own name finds its account, too: tools and deliveries know no other.
    auto found = find_by_name(name);
    const bool missing = !found && found.error().code == Errc::kNotFound;
    if (!missing || settings_.maildrop_attribute.empty()) return found;
    // A name that a person has goes before the same text as a maildrop's.
    auto owner = find_by_maildrop(name);
    const bool known = owner || owner.error().code != Errc::kNotFound;
    return known ? owner : found;
  }

  Result<Account> find_alike(std::string_view name) override {
    return ask_other_spellings(name, settings_.names.fold_local_part,
                               [this](const std::string& other) { return find(other); });
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    if (settings_.alias_filter.empty()) return Error(Errc::kNotFound, "no such alias");
    SearchRequest request;
    request.filter = fill_filter(settings_.alias_filter, address);
    request.attributes = {settings_.alias_attribute};
    request.entries_max = kAliasEntriesMax;
    // Cut off, some targets would get no mail, and no one would know.
    request.must_be_whole = true;
    RESTANTE_TRY(const std::vector<Entry> entries, search(std::move(request)));
    std::vector<std::string> targets;
    for (const Entry& entry : entries) {
      for (const std::string& value : entry.values_of(settings_.alias_attribute)) {
        auto target = canonical_name(value, settings_.names);
        // An alias that names itself would go round.
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
    // In both forms of the domain, letters and DNS, as entries may have either.
    return any_spelling_of(domain, [this](const std::string& form) { return has_entry_of(form); });
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    if (account.name.empty() || account.asks_back_end() || !account.secret.empty())
      return check_kept_password(account, password, peer);
    return Error(Errc::kSyntax, "its entry has no " + settings_.secret_attribute +
                                    ", or accounts.bind_dn may not read it");
  }

  std::optional<Account> nobody(std::string_view name) override {
    if (settings_.password_by == PasswordBy::kSecret) return std::nullopt;
    Account account;
    account.name = name;
    account.handle = std::string(kNobody) + settings_.base;
    // A secret that is compared here costs what every comparison costs, and needs no bind.
    return account;
  }

 private:
  Status check_kept_password(const Account& account, std::string_view password,
                             std::string_view peer) {
    if (!account.asks_back_end()) return Directory::check_password(account, password, peer);
    // A server takes it for an anonymous bind and says yes.
    if (password.empty()) return Error(Errc::kAuth, "an empty password");
    return binds_.ask(
        [&](Connection& connection) { return connection.bind(account.handle, password); });
  }

  Result<std::vector<Entry>> search(SearchRequest request) {
    request.base = settings_.base;
    return searches_.ask([&](Connection& connection) { return connection.search(request); });
  }

  Result<std::vector<Entry>> search_accounts(std::string filter) {
    SearchRequest request;
    request.filter = std::move(filter);
    request.attributes = attributes_;
    request.entries_max = kEntriesMax;
    request.must_be_whole = true;
    return search(std::move(request));
  }

  Result<Account> find_by_name(const std::string& name) {
    RESTANTE_TRY(auto entries, search_accounts(fill_filter(settings_.filter, name)));
    RESTANTE_TRY(auto chosen, choose_entry(std::move(entries), name, settings_));
    const Entry& entry = chosen.first;
    if (settings_.maildrop_attribute.empty()) {
      RESTANTE_TRY(const std::string own, first_name(entry, chosen.second.spelling));
      return to_account(own, entry);
    }
    RESTANTE_TRY(const std::string value, maildrop_value(entry, settings_));
    RESTANTE_TRY(const std::string own, maildrop_name(entry, value, settings_));
    // Before it is used once: mail must not go where another user reads it.
    RESTANTE_CHECKED(check_owner(own, entry));
    found_by_.note(own, name);
    // A delivery knows the maildrop alone, and this saves it a search.
    return to_account(own, entry);
  }

  /// A user has one maildrop. Without an attribute for it, it has the name of the first address,
  /// when that address leads to this very entry and to no other; otherwise that of `asked`.
  Result<std::string> first_name(const Entry& entry, const std::string& asked) {
    const std::vector<std::string> names = names_of(entry, settings_);
    if (names.front() == asked) return asked;
    RESTANTE_TRY(auto entries, search_accounts(fill_filter(settings_.filter, names.front())));
    const auto chosen = choose_entry(std::move(entries), names.front(), settings_);
    return chosen && chosen->first.dn == entry.dn ? names.front() : asked;
  }

  /// The account of a maildrop, which accounts.filter has to let through: under the name that led
  /// to it last, else under each name of the entry.
  Result<Account> find_by_maildrop(const std::string& own) {
    std::vector<std::string> names;
    if (auto last = found_by_.recall(own)) names.push_back(*std::move(last));
    Result<Account> found = first_of(names, own);
    if (found || found.error().code != Errc::kNotFound) return found;
    RESTANTE_TRY(const auto entries, search_accounts(maildrop_filter(own, settings_)));
    for (const Entry& entry : entries) {
      found = first_of(names_of(entry, settings_), own);
      if (found || found.error().code != Errc::kNotFound) return found;
    }
    return Error(Errc::kNotFound, "no such account");
  }

  /// The account of the first of these names that leads to it.
  Result<Account> first_of(const std::vector<std::string>& names, const std::string& own) {
    for (const std::string& name : names) {
      auto found = find_by_name(name);
      if (found && found->name == own) return found;
      if (!found && found.error().code != Errc::kNotFound) return found;
    }
    return Error(Errc::kNotFound, "no such account");
  }

  /// Users of two entries with one maildrop would read each other's mail. Checked once for each
  /// entry.
  Status check_owner(const std::string& own, const Entry& entry) {
    // A number that the directory gives out itself is no one else's.
    if (is_unique_by_nature(settings_.maildrop_attribute)) return ok();
    if (owners_.recall(own) == entry.dn) return ok();
    SearchRequest request;
    request.filter = maildrop_filter(own, settings_);
    request.attributes = {settings_.maildrop_attribute};
    request.entries_max = kEntriesMax;
    RESTANTE_TRY(const auto entries, search(std::move(request)));
    for (const Entry& other : entries) {
      if (other.dn == entry.dn || !has_maildrop(other, own)) continue;
      return Error(Errc::kIo, entry.dn + " and " + other.dn + " would have one maildrop, " + own +
                                  ": accounts.maildrop_attribute must tell them apart");
    }
    owners_.note(own, entry.dn);
    return ok();
  }

  [[nodiscard]] bool has_maildrop(const Entry& entry, const std::string& own) const {
    const auto value = maildrop_value(entry, settings_);
    const auto name = value ? maildrop_name(entry, *value, settings_) : value;
    return name && *name == own;
  }

  Result<bool> has_entry_of(std::string_view domain) {
    SearchRequest request;
    request.filter = "(|";
    for (const std::string& attribute : settings_.name_attributes)
      request.filter += "(" + attribute + "=*@" + escape_filter_value(domain) + ")";
    request.filter += ")";
    request.attributes = settings_.name_attributes;
    request.entries_max = 1;
    RESTANTE_TRY(const std::vector<Entry> entries, search(std::move(request)));
    return !entries.empty();
  }

  [[nodiscard]] Account to_account(const std::string& name, const Entry& entry) const {
    Account account;
    account.name = name;
    account.enabled = !marks_.disabled.matches(entry);
    account.no_login = marks_.no_login.matches(entry);
    if (settings_.password_by == PasswordBy::kBind) {
      // Kept for the bind, so that the name is not looked up twice.
      account.handle = entry.dn;
      return account;
    }
    EntrySecret kept =
        secret_of(entry.values_of(settings_.secret_attribute), settings_.secret_attribute);
    // Locked by its secret: mail comes in, and no password opens it.
    account.secret = std::move(kept.secret);
    account.no_login = account.no_login || kept.locked;
    return account;
  }

  const Settings settings_;
  Login service_;
  const Marks marks_;
  const std::vector<std::string> attributes_;  ///< Of entries that may be accounts.
  Servers servers_;
  Outage outage_;
  ConnectionPool<Connection> searches_;    ///< Bound as the service.
  ConnectionPool<Connection> binds_;       ///< Bound as the user that asked last; never searched
                                           ///< with.
  NameMemory owners_{kNamesRemembered};    ///< The DN of the only entry with this maildrop.
  NameMemory found_by_{kNamesRemembered};  ///< A name that led to the maildrop's entry.
};

Error at_key(const char* key, const Error& error) {
  return Error(error.code, std::string("accounts.") + key + ": " + error.detail);
}

Status check_template(const char* key, const std::string& filter) {
  const Status checked = check_filter(filter);
  return checked ? checked : Status(at_key(key, checked.error()));
}

Result<EntryFilter> parse_mark(const char* key, const std::string& filter) {
  if (filter.empty()) return EntryFilter();
  auto parsed = EntryFilter::parse(filter);
  if (!parsed) return at_key(key, parsed.error());
  return parsed;
}

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings) {
  RESTANTE_CHECKED(check_template("filter", settings.filter));
  if (!settings.alias_filter.empty())
    RESTANTE_CHECKED(check_template("alias_filter", settings.alias_filter));
  Marks marks;
  RESTANTE_TRY(EntryFilter disabled, parse_mark("disabled_filter", settings.disabled_filter));
  RESTANTE_TRY(EntryFilter no_login, parse_mark("no_login_filter", settings.no_login_filter));
  marks.disabled = std::move(disabled);
  marks.no_login = std::move(no_login);
  Login service;
  if (!settings.bind_dn.empty()) {
    RESTANTE_TRY(std::string password, read_password(settings.bind_password_file));
    service = Login{settings.bind_dn, std::move(password)};
  }
  return std::unique_ptr<Directory>(
      std::make_unique<LdapDirectory>(std::move(settings), std::move(service), std::move(marks)));
}

}  // namespace restante::accounts::ldap
