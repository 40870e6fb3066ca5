#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using Entries = std::vector<maildrop::Store::Entry>;

struct MaildropOptions {
  std::string name;
};

/// An empty maildrop has no trace on the disk, so whether it is one depends on the account.
Result<Entries> list_entries(Office& office, const std::string& name) {
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(auto entries, store->list(name, maildrop::View::kDefault));
  if (!entries.empty()) return entries;
  RESTANTE_TRY(auto* const directory, office.directory());
  auto account = directory->find(name);
  if (account) return entries;
  if (account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account, and no mail of it: " + name);
  return std::move(account).error();
}

void print_json(const Office& office, const std::string& name, const Entries& entries) {
  json::array list;
  for (const auto& entry : entries)
    list.push_back(json::object{{"sequence", to_number(entry.info.sequence)},
                                {"uid", entry.uid},
                                {"octets", entry.info.octets},
                                {"arrived", to_rfc3339(entry.info.arrived)},
                                {"deleted", entry.deleted}});
  office.out().print(json::object{{"name", name}, {"messages", std::move(list)}});
}

void print_text(const Office& office, const Entries& entries) {
  Output::Table table;
  table.header = {"SEQUENCE", "ARRIVED", "OCTETS", "STATE", "UID"};
  for (const auto& entry : entries) {
    table.rows.push_back({std::to_string(to_number(entry.info.sequence)),
                          to_rfc3339(entry.info.arrived), std::to_string(entry.info.octets),
                          entry.deleted ? "deleted" : "waiting", entry.uid});
    table.row_dimmed.push_back(entry.deleted);
  }
  office.out().print(table);
}

/// Every message that the log holds, the deleted ones marked. Works for the maildrop of a removed
/// account, too.
Exit maildrop_list(Office& office, const MaildropOptions& options) {
  const auto name = office.maildrop_name(options.name);
  if (!name) return fail(name.error());
  const auto entries = list_entries(office, *name);
  if (!entries) return fail(entries.error());
  if (office.out().json()) {
    print_json(office, *name, *entries);
  } else {
    print_text(office, *entries);
  }
  return Exit::kOk;
}

}  // namespace

void add_maildrop_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<MaildropOptions>();
  add_name(add_command(maildrop, chosen,
                       {"list", "The messages of a maildrop",
                        "  restantectl maildrop list alice@example.com"},
                       [options](Office& office) { return maildrop_list(office, *options); }),
           options->name);
}

}  // namespace restante::ctl
