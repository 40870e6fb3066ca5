#include "restantectl/alias_commands.h"

#include "accounts/spelling.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

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

}  // namespace

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

}  // namespace restante::ctl
