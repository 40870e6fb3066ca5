#include "restantectl/alias_commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

Exit done(const Office& office, const std::string& address) {
  const auto canonical = accounts::canonical_alias(address, office.names());
  if (office.out().json() && canonical) office.out().print(json::object{{"address", *canonical}});
  return Exit::kOk;
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
  const Status added = (*admin)->add_alias(options.address, options.targets);
  return added ? done(office, options.address) : fail(added.error());
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
  const Status removed = (*admin)->remove_alias(options.address);
  return removed ? done(office, options.address) : fail(removed.error());
}

}  // namespace restante::ctl
