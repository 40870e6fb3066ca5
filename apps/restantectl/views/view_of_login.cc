#include "restantectl/views/view_of_login.h"

#include "accounts/login/login_name.h"
#include "base/ascii.h"
#include "maildrop/store.h"

namespace restante::ctl {
namespace {

Result<std::string> view_of_device(Office& office, const std::string& account,
                                   const std::string& device) {
  RESTANTE_TRY(auto* const store, office.store());
  const std::string name = maildrop::device_view_name(device);
  const auto found = store->find_view(account, name);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  const bool is_own = found && found->of_device;
  return is_own ? name + " (the own view of the device " + device + ")"
                : "default (shared by the device " + device + ")";
}

}  // namespace

Result<LoginLabel> take_label(Office& office, const std::string& name) {
  const std::string& separator = office.config().auth.view_separator;
  const std::size_t at = separator.empty() ? std::string::npos : name.rfind(separator.front());
  if (at == std::string::npos || at == 0) return LoginLabel{name};
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto whole = accounts::find_login(*directory, name, office.names());
  if (whole || whole.error().code != Errc::kNotFound) return LoginLabel{name};
  return LoginLabel{name.substr(0, at), name.substr(at + 1)};
}

Result<std::string> view_of_login(Office& office, const std::string& account,
                                  const LoginLabel& login) {
  if (!login.device.empty()) return view_of_device(office, account, login.device);
  if (login.label.empty()) return std::string(maildrop::kDefaultName);
  if (to_lower(login.label) == maildrop::kTrashName)
    return std::string(office.config().maildrop.trash_view
                           ? "trash"
                           : "none: it is refused, since maildrop.trash_view is off");
  const auto name = maildrop::view_name(login.label);
  if (!name) return "none: it is refused, " + name.error().detail;
  RESTANTE_TRY(auto* const store, office.store());
  const auto found = store->find_view(account, *name);
  if (found && found->of_copy) return "none: it is refused, " + *name + " is the view of a copy";
  if (found) return *name;
  if (found.error().code != Errc::kNotFound) return found.error();
  return *name + " (made at the first login)";
}

}  // namespace restante::ctl
