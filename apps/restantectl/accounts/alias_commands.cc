#include "accounts/names/spelling.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct AliasOptions {
  std::string address;  ///< Or "@domain".
  std::vector<std::string> targets;
};

Exit done(const Office& office, const std::string& address) {
  if (office.out().json()) office.out().print(json::object{{"address", address}});
  return Exit::kOk;
}

/// How the alias is spelt that `typed` names; where there is none, as typed.
Result<std::string> own_address(Office& office, const std::string& typed) {
  RESTANTE_TRY(std::string canonical, accounts::canonical_alias(typed, office.names()));
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(const auto aliases, admin->list_aliases());
  std::vector<std::string> addresses;
  for (const auto& alias : aliases) addresses.push_back(alias.address);
  const std::string* const chosen =
      accounts::choose_spelling(addresses, canonical, office.names().fold_local_part);
  if (chosen != nullptr) return *chosen;
  return canonical;
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
  return added ? done(office, address) : fail(added.error());
}

Exit alias_list(Office& office) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto entries = (*admin)->list_aliases();
  if (!entries) return fail(entries.error());
  if (office.out().json()) {
    json::array list;
    for (const auto& entry : *entries)
      list.push_back(
          json::object{{"address", entry.address},
                       {"targets", json::array(entry.targets.begin(), entry.targets.end())}});
    office.out().print(json::object{{"aliases", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"ADDRESS", "TARGETS"};
  for (const auto& entry : *entries) table.rows.push_back({entry.address, join(entry.targets)});
  office.out().print(table);
  return Exit::kOk;
}

Exit alias_remove(Office& office, const AliasOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto address = own_address(office, options.address);
  if (!address) return fail(address.error());
  const Status removed = (*admin)->remove_alias(*address);
  return removed ? done(office, *address) : fail(removed.error());
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
  for (CLI::App* const each : {&add, &remove})
    each->add_option("ADDRESS", options->address, "Address, or @DOMAIN for all others of a domain")
        ->required()
        ->type_name("");
  add.add_option("TARGET", options->targets, "Accounts or aliases")
      ->required()
      ->expected(1, -1)
      ->type_name("");
  add_command(alias, chosen, {"list", "All aliases", "  restantectl alias list"},
              [](Office& office) { return alias_list(office); });
}

}  // namespace restante::ctl
