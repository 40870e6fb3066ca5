#include <map>

#include "accounts/names/spelling.h"
#include "accounts/passwords/password.h"
#include "base/numbers.h"
#include "console/password_input.h"
#include "restantectl/accounts/account_allowance.h"
#include "restantectl/accounts/account_origins.h"
#include "restantectl/accounts/list_options.h"
#include "restantectl/accounts/route_words.h"
#include "restantectl/commands.h"
#include "restantectl/copies/copy_words.h"
#include "server/common/back_ends.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct AccountOptions {
  std::string name;
  bool password_stdin = false;
  std::string scheme;                 ///< Of a new secret; empty: auth.password_scheme.
  bool login_only = false;            ///< disable
  std::vector<std::string> networks;  ///< networks
  bool any = false;                   ///< networks: from everywhere.
  bool off = false;                   ///< operator: not any more.
};
using Options = std::shared_ptr<AccountOptions>;

json::object to_json(const accounts::AccountEntry& entry) {
  json::object object{{"name", entry.name},
                      {"enabled", entry.enabled},
                      {"scheme", entry.scheme},
                      {"created", ctl::to_json(entry.created)},
                      {"secret_changed", ctl::to_json(entry.secret_changed)}};
  add_allowance(entry.allowance, object);
  if (entry.no_login) object["nologin"] = true;
  if (entry.is_operator) object["operator"] = true;
  if (entry.networks) object["networks"] = entry.networks->to_string();
  if (!entry.fault.empty()) object["fault"] = entry.fault;
  if (entry.maildrop != entry.name) object["first_name"] = entry.maildrop;
  if (entry.route) object["route"] = entry.route->pop3;
  if (entry.route && !entry.route->lmtp.empty()) object["route_lmtp"] = entry.route->lmtp;
  return object;
}

std::string to_text(const std::optional<WallTime>& time) { return time ? to_rfc3339(*time) : "-"; }
std::string state_of(const accounts::AccountEntry& entry) {
  if (!entry.enabled) return "disabled";
  if (!entry.fault.empty()) return "unusable";
  return entry.no_login ? "nologin" : "enabled";
}

Exit done(const Office& office, const std::string& name) {
  if (office.out().json()) office.out().print(json::object{{"name", name}});
  return Exit::kOk;
}

/// A password from standard input, or from a prompt, which needs a terminal.
bool has_source(const AccountOptions& options) {
  return options.password_stdin || console::can_ask();
}
Exit no_source() {
  return fail(Exit::kUsage, "no terminal to ask for a password; use --password-stdin");
}

/// A fresh secret from a password that is typed or read now.
Result<std::string> read_secret(const Office& office, const AccountOptions& options,
                                const std::string& account) {
  accounts::SecretSettings settings = office.config().auth.secrets;
  if (!options.scheme.empty())
    settings.scheme = options.scheme == "scram-sha-256" ? accounts::NewScheme::kScramSha256
                                                        : accounts::NewScheme::kArgon2id;
  RESTANTE_TRY(std::string password, console::read_new_password(options.password_stdin, account));
  auto secret = accounts::make_secret(password, settings);
  wipe(password);
  return secret;
}

Result<std::string> add(Office& office, const AccountOptions& options) {
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(const std::string typed, accounts::canonical_name(options.name, office.names()));
  const std::string name = office.new_name(typed);
  // Asked before the password is, so that a mistake costs no typing.
  const auto entry = admin->show(name);
  if (entry && entry->place.empty())
    return Error(Errc::kExists, "there is an account of this name: " + entry->name);
  RESTANTE_TRY(const std::string secret, read_secret(office, options, name));
  return admin->add(name, secret);
}

Result<std::string> set_password(Office& office, const AccountOptions& options) {
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(const auto entry, admin->show(options.name));
  RESTANTE_TRY(const std::string secret, read_secret(office, options, entry.name));
  RESTANTE_CHECKED(admin->set_secret(entry.name, secret));
  return entry.name;
}

/// The addresses whose mail goes to `name` by one alias.
Result<std::vector<std::string>> aliases_to(Office& office, const std::string& name) {
  RESTANTE_TRY(auto* const admin, office.admin());
  const auto all = admin->list_aliases();
  // They are kept elsewhere, and cannot be listed here.
  if (!all && all.error().code == Errc::kState) return std::vector<std::string>();
  if (!all) return all.error();
  const bool fold = office.names().fold_local_part;
  const std::string key = accounts::spelling_key(name, fold);
  const auto is_meant = [&](const std::string& target) {
    return accounts::spelling_key(target, fold) == key;
  };
  std::vector<std::string> found;
  for (const auto& alias : *all)
    if (std::any_of(alias.targets.begin(), alias.targets.end(), is_meant))
      found.push_back(alias.address);
  return found;
}

/// None where nothing is set here for accounts.
Result<std::vector<accounts::Copy>> own_copies(accounts::AccountAdmin& admin,
                                               const std::string& name) {
  auto copies = admin.list_copies(name);
  if (!copies && copies.error().code == Errc::kState) return std::vector<accounts::Copy>();
  return copies;
}

json::array to_array(const std::vector<accounts::Copy>& copies) {
  json::array out;
  for (const accounts::Copy& copy : copies) out.push_back(ctl::to_json(copy));
  return out;
}

/// What a removed account leaves behind.
struct Kept {
  std::string name;
  std::string maildrop;
  std::size_t messages = 0;
  std::string trouble;  ///< Why the number is not known; empty when it is.
};

Result<Kept> remove(Office& office, const AccountOptions& options) {
  RESTANTE_TRY(auto* const admin, office.admin());
  Kept kept;
  RESTANTE_TRY(const auto entry, admin->show(options.name));
  kept.name = entry.name;
  kept.maildrop = entry.maildrop;
  RESTANTE_TRY(const auto copies, own_copies(*admin, kept.name));
  if (!copies.empty())
    return Error(Errc::kState, kept.name + " has a copy, " + copies.front().label +
                                   ", for which mail may wait; remove it first (restantectl "
                                   "account copy remove)");
  RESTANTE_CHECKED(admin->remove(kept.name));
  // The account is gone by now: trouble with its mail is told, but the removal has not failed.
  RESTANTE_TRY(auto* const store, office.store());
  const auto entries = store->list(kept.maildrop, maildrop::View::kDefault);
  if (!entries) {
    kept.trouble = entries.error().message();
    return kept;
  }
  kept.messages = static_cast<std::size_t>(std::count_if(
      entries->begin(), entries->end(), [](const auto& entry) { return !entry.deleted; }));
  return kept;
}

Result<std::map<std::string, std::vector<accounts::Copy>>> copies_by_maildrop(Office& office) {
  RESTANTE_TRY(auto* const directory, office.directory());
  RESTANTE_TRY(auto all, directory->copies());
  std::map<std::string, std::vector<accounts::Copy>> out;
  for (accounts::AccountCopy& one : all) out[std::move(one.account)].push_back(std::move(one.copy));
  return out;
}

Exit account_add(Office& office, const AccountOptions& options) {
  if (!has_source(options)) return no_source();
  const auto name = add(office, options);
  return name ? done(office, *name) : fail(name.error());
}

Exit account_list(Office& office, const ListOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const accounts::ListRange range = range_of(office, options);
  const auto copies = copies_by_maildrop(office);
  if (!copies) return fail(copies.error());
  const auto copies_of = [&](const accounts::AccountEntry& entry) {
    const auto found = copies->find(entry.maildrop);
    return found == copies->end() ? std::vector<accounts::Copy>() : found->second;
  };
  Status listed = ok();
  if (office.out().json()) {
    console::JsonRows rows(office.out(), {}, "accounts");
    listed = (*admin)->list_each(range, [&](const accounts::AccountEntry& entry) {
      json::object object = to_json(entry);
      object["copies"] = to_array(copies_of(entry));
      rows.add(object);
      return true;
    });
  } else {
    console::TableRows rows(office.out());
    rows.header(
        {"NAME", "STATE", "SCHEME", "PASSWORD SET", "QUOTA", "RETENTION", "ROUTE", "COPIES"});
    listed = (*admin)->list_each(range, [&](const accounts::AccountEntry& entry) {
      const std::size_t count = copies_of(entry).size();
      rows.add({entry.name, state_of(entry), entry.scheme, to_text(entry.secret_changed),
                quota_text(entry.allowance), retention_text(entry.allowance),
                route_text(office.config(), entry.route.get(), entry.name),
                count == 0 ? "-" : std::to_string(count)},
               state_of(entry) != "enabled");
      return true;
    });
  }
  return listed ? Exit::kOk : fail(listed.error());
}

/// Names that have settings, but no account in any back end.
Exit account_list_orphans(Office& office, const ListOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const accounts::ListRange range = range_of(office, options);
  Status listed = ok();
  if (office.out().json()) {
    console::JsonRows rows(office.out(), {}, "orphans");
    listed = (*admin)->list_orphans(range, [&](const std::string& name) {
      rows.add({{"name", name}});
      return true;
    });
  } else {
    console::TableRows rows(office.out());
    rows.header({"NAME"});
    listed = (*admin)->list_orphans(range, [&](const std::string& name) {
      rows.add({name});
      return true;
    });
  }
  return listed ? Exit::kOk : fail(listed.error());
}

Exit account_forget(Office& office, const AccountOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const Status forgotten = (*admin)->forget_settings(options.name);
  return forgotten ? done(office, options.name) : fail(forgotten.error());
}

Exit account_show(Office& office, const AccountOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto entry = (*admin)->show(options.name);
  if (!entry) return fail(entry.error());
  const auto aliases = aliases_to(office, entry->name);
  if (!aliases) return fail(aliases.error());
  const auto stored = office.stored(entry->maildrop);
  if (!stored) return fail(stored.error());
  const auto copies = own_copies(**admin, entry->name);
  if (!copies) return fail(copies.error());
  if (office.out().json()) {
    json::object object = to_json(*entry);
    object["copies"] = to_array(*copies);
    object["aliases"] = json::array(aliases->begin(), aliases->end());
    object["maildrop"] = stored->where;
    if (!entry->place.empty()) Origins(*entry).add_to(object);
    office.out().print(object);
    return Exit::kOk;
  }
  office.out().line("name          " + entry->name);
  if (entry->maildrop != entry->name) office.out().line("first name    " + entry->maildrop);
  if (!entry->place.empty()) office.out().line("kept by       " + entry->place);
  const Origins origins(*entry);
  office.out().line("state         " + state_of(*entry) + origins.state());
  if (!entry->fault.empty()) office.out().line("fault         " + entry->fault);
  if (entry->is_operator)
    office.out().line("operator      yes: its password opens the status page");
  if (entry->networks)
    office.out().line("networks      " + entry->networks->to_string() + origins.networks());
  office.out().line("scheme        " + (entry->scheme.empty() ? "-" : entry->scheme));
  office.out().line("created       " + to_text(entry->created));
  office.out().line("password set  " + to_text(entry->secret_changed));
  office.out().line("quota         " + quota_text(entry->allowance) + origins.quota());
  office.out().line("retention     " + retention_text(entry->allowance) + origins.retention());
  office.out().line("addresses     " + addresses_text(entry->allowance) + origins.addresses());
  office.out().line("route         " +
                    route_text(office.config(), entry->route.get(), entry->name));
  office.out().line("maildrop      " + stored->where);
  for (const std::string& alias : *aliases) office.out().line("alias         " + alias);
  for (const accounts::Copy& copy : *copies) office.out().line("copy          " + to_line(copy));
  return Exit::kOk;
}

Exit account_passwd(Office& office, const AccountOptions& options) {
  if (!has_source(options)) return no_source();
  const auto name = set_password(office, options);
  return name ? done(office, *name) : fail(name.error());
}

/// The maildrop stays; its messages are counted and told.
Exit account_remove(Office& office, const AccountOptions& options) {
  const auto kept = remove(office, options);
  if (!kept) return fail(kept.error());
  const auto stored = office.stored(kept->maildrop);
  const std::string place = stored ? stored->where : "the store";
  if (office.out().json()) {
    const bool known = kept->trouble.empty();
    const json::value messages = known ? json::value(kept->messages) : json::value(nullptr);
    office.out().print(
        json::object{{"name", kept->name}, {"messages_kept", messages}, {"maildrop", place}});
  } else if (!kept->trouble.empty()) {
    office.out().note("restantectl: " + kept->name + " is removed; its maildrop stays in " + place +
                      " and cannot be read: " + kept->trouble);
  } else if (kept->messages > 0) {
    office.out().note("restantectl: " + kept->name + " is removed; its " +
                      counted(kept->messages, "message stays", "messages stay") + " in " + place +
                      ", and a new account " + kept->maildrop + " would have them");
  }
  return Exit::kOk;
}

/// A setting here never lets in a user whom the back end keeps out.
void warn_of_back_end(const Office& office, accounts::AccountAdmin& admin,
                      const std::string& name) {
  const auto entry = admin.show(name);
  if (!entry || entry->place.empty() || state_of(*entry) == "enabled") return;
  office.out().note("restantectl: nothing set here keeps " + entry->name + " out; " + entry->place +
                    " still does (" + state_of(*entry) + ")");
}

Exit account_set_enabled(Office& office, const AccountOptions& options, bool enabled) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const bool login_only = !enabled && options.login_only;
  const Status changed =
      login_only ? (*admin)->bar_login(*name) : (*admin)->set_enabled(*name, enabled);
  if (!changed) return fail(changed.error());
  if (enabled) warn_of_back_end(office, **admin, *name);
  return done(office, *name);
}

/// The networks that it may log in from.
Exit account_networks(Office& office, const AccountOptions& options) {
  if (options.any != options.networks.empty())
    return fail(Exit::kUsage, "give the networks, or --any for everywhere");
  std::string words;
  for (const std::string& network : options.networks) words += network + ",";
  auto networks = accounts::Networks::parse(words);
  if (!networks) return fail(networks.error());
  std::shared_ptr<const accounts::Networks> only;
  if (!options.any) only = std::make_shared<const accounts::Networks>(*std::move(networks));
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const Status changed = (*admin)->set_networks(*name, only);
  return changed ? done(office, *name) : fail(changed.error());
}

/// Whether its password opens the status page (docs/page.md).
Exit account_operator(Office& office, const AccountOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const Status changed = (*admin)->set_operator(*name, !options.off);
  return changed ? done(office, *name) : fail(changed.error());
}

void add_password_commands(CLI::App& account, Chosen& chosen, const Options& options) {
  CLI::App& add = add_command(
      account, chosen,
      {"add", "Add an account; asks for its password",
       "  restantectl account add alice@example.com\n"
       "  printf '%s\\n' \"$PASSWORD\" | restantectl account add alice --password-stdin"},
      [options](Office& office) { return account_add(office, *options); });
  CLI::App& passwd = add_command(
      account, chosen,
      {"passwd", "Set a new password", "  restantectl account passwd alice@example.com"},
      [options](Office& office) { return account_passwd(office, *options); });
  for (CLI::App* const each : {&add, &passwd}) {
    add_name(*each, options->name);
    each->add_flag("--password-stdin", options->password_stdin,
                   "Take the password from one line of stdin");
    each->add_option("--scheme", options->scheme, "How it is stored; default: auth.password_scheme")
        ->check(CLI::IsMember({"argon2id", "scram-sha-256"}));
  }
}

void add_state_commands(CLI::App& account, Chosen& chosen, const Options& options) {
  add_name(add_command(
               account, chosen,
               {"enable", "Let it log in and get mail again",
                "  restantectl account enable alice@example.com"},
               [options](Office& office) { return account_set_enabled(office, *options, true); }),
           options->name);
  CLI::App& disable = add_command(
      account, chosen,
      {"disable", "No login and no new mail; nothing is removed",
       "  restantectl account disable alice@example.com\n"
       "  restantectl account disable alice@example.com --login-only"},
      [options](Office& office) { return account_set_enabled(office, *options, false); });
  add_name(disable, options->name);
  disable.add_flag("--login-only", options->login_only, "No login; new mail is taken as before");
  CLI::App& networks =
      add_command(account, chosen,
                  {"networks", "Set from where it may log in",
                   "  restantectl account networks alice@example.com 192.0.2.0/24 local\n"
                   "  restantectl account networks alice@example.com --any"},
                  [options](Office& office) { return account_networks(office, *options); });
  add_name(networks, options->name);
  networks.add_option("NETWORK", options->networks, "As 192.0.2.0/24; local is a Unix socket")
      ->type_name("");
  networks.add_flag("--any", options->any, "From everywhere again");
  CLI::App& op =
      add_command(account, chosen,
                  {"operator", "Let its password open the status page",
                   "  restantectl account operator alice@example.com\n"
                   "  restantectl account operator alice@example.com --off"},
                  [options](Office& office) { return account_operator(office, *options); });
  add_name(op, options->name);
  op.add_flag("--off", options->off, "Not any more");
}

}  // namespace

void add_account_commands(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<AccountOptions>();
  add_password_commands(account, chosen, options);
  const auto list_options = std::make_shared<ListOptions>();
  const auto orphans = std::make_shared<bool>(false);
  CLI::App& list =
      add_command(account, chosen,
                  {"list", "All accounts",
                   "  restantectl account list\n"
                   "  restantectl account list --domain example.com --limit 100 --after kim\n"
                   "  restantectl account list --orphans"},
                  [list_options, orphans](Office& office) {
                    return *orphans ? account_list_orphans(office, *list_options)
                                    : account_list(office, *list_options);
                  });
  add_list_options(list, *list_options);
  list.add_flag("--orphans", *orphans,
                "Names that devices, quotas and the like are set for, and that no account has");
  add_name(add_command(account, chosen,
                       {"forget", "Drop what is set for an account that is gone",
                        "  restantectl account forget alice@example.com"},
                       [options](Office& office) { return account_forget(office, *options); }),
           options->name);
  add_name(add_command(account, chosen,
                       {"show", "One account and what leads to it",
                        "  restantectl account show alice@example.com"},
                       [options](Office& office) { return account_show(office, *options); }),
           options->name);
  add_name(add_command(account, chosen,
                       {"remove", "Remove an account; its mail stays on the disk",
                        "  restantectl account remove alice@example.com"},
                       [options](Office& office) { return account_remove(office, *options); }),
           options->name);
  add_state_commands(account, chosen, options);
}

}  // namespace restante::ctl
