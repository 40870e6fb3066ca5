#include "restantectl/maildrops/check_selection.h"

#include "disk/posix.h"
#include "maildrop/log/format/file_names.h"

namespace restante::ctl {
namespace {

std::uint64_t size_of(const std::string& path) {
  const auto file = disk::posix_disk().open(path, disk::OpenMode::kRead);
  const auto status = file ? (*file)->status() : Result<disk::FileStatus>(file.error());
  return status ? status->size : 0;
}

/// An account that never got mail has no log.
Status require(Office& office, const SelectedMaildrop& maildrop) {
  const auto log = disk::posix_disk().open(maildrop.log, disk::OpenMode::kRead);
  if (log || log.error().code != Errc::kNotFound) return ok();
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
  const std::string root = office.config().data_dir.string();
  std::vector<SelectedMaildrop> selected;
  if (selection.all) {
    RESTANTE_TRY(const auto logs, maildrop::log::list_logs(disk::posix_disk(), root));
    for (const std::string& log : logs) selected.push_back({log, root + '/' + log});
  }
  for (const std::string& typed : selection.names) {
    RESTANTE_TRY(const std::string name, office.maildrop_name(typed));
    selected.push_back({name, maildrop::log::log_paths(root, name).log});
    RESTANTE_CHECKED(require(office, selected.back()));
  }
  for (SelectedMaildrop& maildrop : selected) maildrop.bytes = size_of(maildrop.log);
  return selected;
}

}  // namespace restante::ctl
