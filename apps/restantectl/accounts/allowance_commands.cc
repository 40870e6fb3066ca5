#include "restantectl/accounts/account_allowance.h"
#include "restantectl/accounts/allowance_words.h"
#include "restantectl/commands.h"
#include "server/delivery/quota_warnings.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using accounts::Allowance;

/// Words of the command line; empty: not given, so that part does not change.
struct AllowanceOptions {
  std::string name;
  std::string octets;    ///< A size, "none" or "default".
  std::string messages;  ///< A number, "none" or "default".
  std::string days;      ///< A number, "never" or "default".
  std::string from;      ///< "arrival", "retrieval" or "default".
  std::string several;   ///< "one", "each" or "default".
};

/// Applies the options that were given.
Status apply(const AllowanceOptions& options, Allowance& allowance) {
  if (!options.octets.empty()) {
    RESTANTE_TRY(const auto octets, octets_of("--octets", options.octets));
    allowance.quota_octets = octets;
  }
  if (!options.messages.empty()) {
    RESTANTE_TRY(const auto messages, messages_of("--messages", options.messages));
    allowance.quota_messages = messages;
  }
  if (!options.days.empty()) {
    RESTANTE_TRY(const auto days, days_of("--days", options.days));
    allowance.retention_days = days;
  }
  if (!options.from.empty()) {
    RESTANTE_TRY(const auto from, from_of("--from", options.from));
    allowance.retention_from = from;
  }
  if (!options.several.empty()) {
    RESTANTE_TRY(const auto several, several_of("COPIES", options.several));
    allowance.several_addresses = several;
  }
  return ok();
}

Exit change(Office& office, const AllowanceOptions& options) {
  if (options.octets.empty() && options.messages.empty() && options.days.empty() &&
      options.from.empty() && options.several.empty())
    return fail(Exit::kUsage, "say what to set (see restantectl --help)");
  Allowance checked;
  if (const Status given = apply(options, checked); !given)
    return fail(Exit::kUsage, given.error().detail);
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto changed = (*admin)->change_allowance(
      *name, [&](Allowance& allowance) { static_cast<void>(apply(options, allowance)); });
  if (!changed) return fail(changed.error());
  if (office.out().json()) {
    json::object object{{"name", *name}};
    add_allowance(*changed, object);
    office.out().print(object);
  }
  return Exit::kOk;
}

/// A smaller quota may have passed the level at which owners are told. The change is made: trouble
/// with the warning does not undo it, and the server's upkeep warns later.
void warn_owner(Office& office, const std::string& name) {
  const auto store = office.store();
  const auto directory = office.directory();
  if (!store || !directory) return;
  const settings::Config& config = office.config();
  const accounts::Router router(**directory, office.router_settings());
  const auto quota = server::QuotaBook(**directory, config).of(name);
  if (!quota) return;
  server::WarningTerms terms(**store);
  terms.percent = config.maildrop.quota_warning;
  terms.router = &router;
  terms.operator_address = config.server.operator_address;
  terms.now = system_clock().now();
  server::QuotaWarnings warnings(server::told_owners_file(config.data_dir));
  const auto warned = warnings.look(terms, {name, *quota});
  if (!warned) static_cast<void>(fail(Exit::kIo, "quota warning: " + warned.error().message()));
  if (warned && *warned)
    office.out().note("restantectl: " + name + " is told that its maildrop is nearly full");
}

Exit account_quota(Office& office, const AllowanceOptions& options) {
  const Exit changed = change(office, options);
  if (changed != Exit::kOk) return changed;
  const auto admin = office.admin();
  if (!admin) return changed;
  if (const auto entry = (*admin)->show(options.name)) warn_owner(office, entry->maildrop);
  return changed;
}

}  // namespace

void add_allowance_commands(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<AllowanceOptions>();
  CLI::App& quota = add_command(
      account, chosen,
      {"quota", "Set the most that may wait in a maildrop",
       "  restantectl account quota alice@example.com --octets 1GiB --messages default"},
      [options](Office& office) { return account_quota(office, *options); });
  quota.add_option("--octets", options->octets, "As in 1GiB; or none, or default")->type_name("N");
  quota.add_option("--messages", options->messages, "A number; or none, or default")
      ->type_name("N");
  const auto run = [options](Office& office) { return change(office, *options); };
  CLI::App& retention =
      add_command(account, chosen,
                  {"retention", "Set after how many days mail is deleted",
                   "  restantectl account retention alice@example.com --days 30 --from retrieval"},
                  run);
  retention.add_option("--days", options->days, "A number; or never, or default")->type_name("N");
  retention.add_option("--from", options->from, "arrival, retrieval or default")->type_name("WHEN");
  CLI::App& addresses =
      add_command(account, chosen,
                  {"addresses", "Set what it gets of a mail to several of its addresses",
                   "  restantectl account addresses alice@example.com each"},
                  run);
  for (CLI::App* const each : {&quota, &retention, &addresses}) add_name(*each, options->name);
  addresses.add_option("COPIES", options->several, "one copy, each (a copy for each), or default")
      ->required()
      ->type_name("");
}

}  // namespace restante::ctl
