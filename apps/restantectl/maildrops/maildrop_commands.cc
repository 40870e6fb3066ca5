#include <optional>
#include <utility>

#include "restantectl/commands.h"
#include "restantectl/views/view_words.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using Entry = maildrop::Store::Entry;

struct MaildropOptions {
  std::string name;
  std::string view;
};

/// An empty maildrop has no trace on the disk, so only the account tells that it exists.
Status require_account(Office& office, const std::string& name) {
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto account = directory->find_owner(name);
  if (account) return ok();
  if (account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account, and no mail of it: " + name);
  return account.error();
}

json::object to_json(const Entry& entry) {
  return {{"sequence", to_number(entry.info.sequence)},
          {"uid", entry.uid},
          {"octets", entry.info.octets},
          {"arrived", to_rfc3339(entry.info.arrived)},
          {"deleted", entry.deleted}};
}

/// A million rows are printed as they come.
class Rows {
 public:
  explicit Rows(const Output& out) : rows_(out) {
    rows_.header({"SEQUENCE", "ARRIVED", "OCTETS", "STATE", "UID"});
  }
  void add(const Entry& entry) {
    rows_.add({std::to_string(to_number(entry.info.sequence)), to_rfc3339(entry.info.arrived),
               std::to_string(entry.info.octets), entry.deleted ? "deleted" : "waiting", entry.uid},
              entry.deleted);
  }

 private:
  console::TableRows rows_;
};

/// Every message that the log holds, the deleted ones marked. Works for the maildrop of a removed
/// account, too.
Exit maildrop_list(Office& office, const MaildropOptions& options) {
  const auto name = office.maildrop_name(options.name);
  if (!name) return fail(name.error());
  const auto store = office.store();
  if (!store) return fail(store.error());
  const auto view = find_view(**store, *name, options.view);
  if (!view) return fail(view.error());
  std::optional<console::JsonRows> json_rows;
  std::optional<Rows> rows;
  const auto begin = [&] {
    if (office.out().json())
      json_rows.emplace(office.out(), json::object{{"name", *name}}, "messages");
    else
      rows.emplace(office.out());
  };
  bool is_empty = true;
  const Status listed = (*store)->list_each(*name, *view, [&](const Entry& entry) {
    if (std::exchange(is_empty, false)) begin();
    json_rows ? json_rows->add(to_json(entry)) : rows->add(entry);
  });
  if (listed && is_empty) {
    if (const Status known = require_account(office, *name); !known) return fail(known.error());
    begin();
  }
  return listed ? Exit::kOk : fail(listed.error());
}

}  // namespace

void add_maildrop_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<MaildropOptions>();
  CLI::App& list =
      add_command(maildrop, chosen,
                  {"list", "The messages of a maildrop, as one of its views has them",
                   "  restantectl maildrop list alice@example.com"},
                  [options](Office& office) { return maildrop_list(office, *options); });
  add_name(list, options->name);
  list.add_option("--view", options->view, "The view; without it the default one")
      ->type_name("VIEW");
}

}  // namespace restante::ctl
