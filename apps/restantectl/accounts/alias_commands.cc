#include "accounts/names/spelling.h"
#include "restantectl/accounts/list_options.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct AliasOptions {
  std::string address;  ///< Or "@domain".
  std::vector<std::string> targets;
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

json::object to_json(const accounts::AliasEntry& entry) {
  return {{"address", entry.address},
          {"targets", json::array(entry.targets.begin(), entry.targets.end())}};
}

Exit done_alias(const Office& office, const std::string& address) {
  if (office.out().json()) office.out().print(json::object{{"address", address}});
  return Exit::kOk;
}

std::string join(const std::vector<std::string>& targets) {
  std::string out;
  for (const std::string& target : targets) out += (out.empty() ? "" : ", ") + target;
  return out;
}

Exit alias_add(Office& office, const AliasOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto typed = accounts::canonical_alias(options.address, office.names());
  if (!typed) return fail(typed.error());
  const std::string address = accounts::tidy_spelling(*typed, office.names().fold_local_part);
  const Status added = (*admin)->add_alias(address, options.targets);
  return added ? done_alias(office, address) : fail(added.error());
}

Exit alias_set(Office& office, const AliasOptions& options) {
  const bool by_step = !options.added.empty() || !options.removed.empty();
  if (options.targets.empty() != by_step)
    return fail(Exit::kUsage, "give all targets that it is to have, or --add and --remove");
  accounts::TargetChange change{options.added, options.removed};
  if (!by_step) change = {options.targets, {}, true};
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto changed = (*admin)->change_alias(options.address, change);
  if (!changed) return fail(changed.error());
  if (office.out().json()) office.out().print(to_json(*changed));
  return Exit::kOk;
}

Exit alias_list(Office& office, const ListOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const accounts::ListRange range = range_of(office, options);
  Status listed = ok();
  if (office.out().json()) {
    console::JsonRows rows(office.out(), {}, "aliases");
    listed = (*admin)->list_each_alias(range, [&](const accounts::AliasEntry& entry) {
      rows.add(to_json(entry));
      return true;
    });
  } else {
    console::TableRows rows(office.out());
    rows.header({"ADDRESS", "TARGETS"});
    listed = (*admin)->list_each_alias(range, [&](const accounts::AliasEntry& entry) {
      rows.add({entry.address, join(entry.targets)});
      return true;
    });
  }
  return listed ? Exit::kOk : fail(listed.error());
}

Exit alias_remove(Office& office, const AliasOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto removed = (*admin)->remove_alias(options.address);
  return removed ? done_alias(office, *removed) : fail(removed.error());
}

}  // namespace

void add_alias_commands(CLI::App& alias, Chosen& chosen) {
  const auto options = std::make_shared<AliasOptions>();
  CLI::App& add = add_command(alias, chosen,
                              {"add", "Lead an address to accounts or other aliases",
                               "  restantectl alias add info@example.com alice bob\n"
                               "  restantectl alias add @example.com alice"},
                              [options](Office& office) { return alias_add(office, *options); });
  CLI::App& remove = add_command(
      alias, chosen, {"remove", "Remove an alias", "  restantectl alias remove info@example.com"},
      [options](Office& office) { return alias_remove(office, *options); });
  CLI::App& set = add_command(alias, chosen,
                              {"set", "Change where an alias leads, in one step",
                               "  restantectl alias set info@example.com --add carol --remove bob\n"
                               "  restantectl alias set info@example.com alice carol"},
                              [options](Office& office) { return alias_set(office, *options); });
  for (CLI::App* const each : {&add, &remove, &set})
    each->add_option("ADDRESS", options->address, "Address, or @DOMAIN for all others of a domain")
        ->required()
        ->type_name("");
  add.add_option("TARGET", options->targets, "Accounts or aliases")
      ->required()
      ->expected(1, -1)
      ->type_name("");
  set.add_option("TARGET", options->targets, "All that it is to lead to")->type_name("");
  set.add_option("--add", options->added, "One more")->type_name("TARGET")->allow_extra_args(false);
  set.add_option("--remove", options->removed, "One less")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  const auto list_options = std::make_shared<ListOptions>();
  add_list_options(
      add_command(alias, chosen, {"list", "All aliases", "  restantectl alias list"},
                  [list_options](Office& office) { return alias_list(office, *list_options); }),
      *list_options);
}

}  // namespace restante::ctl
