#include "restantectl/maildrops/check_selection.h"

namespace restante::ctl {
namespace {

/// An account that never got mail has no maildrop.
Status require(Office& office, const SelectedMaildrop& maildrop) {
  if (maildrop.stored.exists) return ok();
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto account = directory->find_owner(maildrop.name);
  if (account) return ok();
  if (account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account, and no mail of it: " + maildrop.name);
  return account.error();
}

}  // namespace

void add_selection(CLI::App& to, Selection& selection) {
  to.add_option("NAME", selection.names, "Login names or addresses")->type_name("");
  to.add_flag("--all", selection.all, "Every maildrop of the data directory");
}

Result<std::vector<SelectedMaildrop>> select_maildrops(Office& office, const Selection& selection) {
  RESTANTE_TRY(auto* const store, office.store());
  std::vector<SelectedMaildrop> selected;
  if (selection.all) {
    RESTANTE_TRY(auto all, store->all_stored());
    for (maildrop::StoredMaildrop& one : all) {
      std::string name = one.name;
      selected.push_back({std::move(name), std::move(one)});
    }
  }
  for (const std::string& typed : selection.names) {
    RESTANTE_TRY(std::string name, office.maildrop_name(typed));
    RESTANTE_TRY(auto stored, store->stored(name));
    selected.push_back({std::move(name), std::move(stored)});
    RESTANTE_CHECKED(require(office, selected.back()));
  }
  return selected;
}

}  // namespace restante::ctl
