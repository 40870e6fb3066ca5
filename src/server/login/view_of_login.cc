#include "server/login/view_of_login.h"

#include "accounts/login/login_name.h"
#include "base/ascii.h"
#include "server/login/ask_accounts.h"

namespace restante::server {
namespace {

using maildrop::FoundView;
using maildrop::View;
using Opened = Result<std::unique_ptr<maildrop::Session>>;

/// Where the label begins: the place of its separator; npos: there is none.
std::size_t find_separator(const SessionContext& context, std::string_view name) {
  const std::string& separator = context.settings->config.auth.view_separator;
  if (separator.empty()) return std::string_view::npos;
  // The last one: an account's own name may have the separator in it.
  const std::size_t at = name.rfind(separator.front());
  // A name that is nothing but a label has no account.
  return at == 0 ? std::string_view::npos : at;
}

void settle(const Result<FoundView>& found, WantedView& wanted) {
  // A device without a view of its own shares the default one.
  if (!found || !found->of_device) wanted = WantedView{};
}

Result<View> find_or_make(SessionContext& context, const std::string& account,
                          const WantedView& wanted) {
  maildrop::Store& store = context.services.store;
  const auto found = store.find_view(account, wanted.name);
  if (found && found->of_copy)
    return Error(Errc::kAuth, "the view " + wanted.name + " is a copy's: no login opens it");
  if (found) return found->view;
  // The device was removed a moment ago.
  if (found.error().code != Errc::kNotFound || wanted.is_device) return found.error();
  maildrop::NewView made;
  made.name = wanted.name;
  made.views_max = context.settings->config.maildrop.views_max;
  return store.make_view(account, made);
}

}  // namespace

std::string_view without_label(const SessionContext& context, std::string_view name) {
  return name.substr(0, find_separator(context, name));
}

net::Task<void> take_label(SessionContext& context, std::string& name, std::string& label) {
  const std::size_t at = find_separator(context, name);
  if (at == std::string_view::npos) co_return;
  const accounts::NameRules rules = context.settings->config.accounts.names;
  auto look_up = [&] { return accounts::find_login(context.services.directory, name, rules); };
  const auto whole = co_await ask_accounts(context, net::Errand::kOwner, name, look_up);
  // Where nothing can be said, the proof's own lookup says so.
  // An account that has this very name goes before a label in it.
  if (whole || whole.error().code != Errc::kNotFound) co_return;
  label = name.substr(at + 1);
  name.resize(at);
}

Result<WantedView> wanted_view(const SessionContext& context, const accounts::Account& account,
                               const std::string& label) {
  WantedView wanted;
  if (!account.device.empty()) {
    wanted.name = maildrop::device_view_name(account.device);
    wanted.is_device = true;
    return wanted;
  }
  if (label.empty()) return wanted;
  // In any case of letters, as labels are; its name is taken, so that no view of a user's can hide
  // it.
  if (to_lower(label) == maildrop::kTrashName) {
    if (!context.settings->config.maildrop.trash_view)
      return Error(Errc::kState, "maildrop.trash_view is off");
    wanted.name = maildrop::kTrashName;
    wanted.is_trash = true;
    return wanted;
  }
  auto name = maildrop::view_name(label);
  if (!name) return Error(Errc::kAuth, name.error().detail);
  wanted.name = std::move(*name);
  return wanted;
}

net::Task<Status> settle_device(SessionContext& context, const std::string& account,
                                WantedView& wanted) {
  Services& services = context.services;
  // Nearly every poll: the store has the view in memory, and no disk is needed.
  if (const auto found = services.store.find_view_cached(account, wanted.name)) {
    settle(*found, wanted);
    co_return ok();
  }
  auto work = [&] { return services.store.find_view(account, wanted.name); };
  const std::uint64_t source = SessionContext::maildrop_source(account);
  const auto found = co_await services.disk_pool.run_for(net::Errand::kOwner, source, work);
  if (!found && found.error().code != Errc::kNotFound) co_return found.error();
  settle(found, wanted);
  co_return ok();
}

std::optional<Opened> open_view_cached(SessionContext& context, const std::string& account,
                                       const WantedView& wanted) {
  maildrop::Store& store = context.services.store;
  if (wanted.name.empty()) return store.open_cached(account, View::kDefault);
  // The trash is built anew for each session, from what the log still has.
  if (wanted.is_trash) return std::nullopt;
  const auto found = store.find_view_cached(account, wanted.name);
  if (!found || !*found || (*found)->of_copy) return std::nullopt;  // open_view() says why.
  return store.open_cached(account, (*found)->view);
}

Opened open_view(SessionContext& context, const std::string& account, const WantedView& wanted) {
  maildrop::Store& store = context.services.store;
  if (wanted.name.empty()) return store.open(account, View::kDefault);
  if (wanted.is_trash)
    return store.open_trash(account, context.settings->config.maildrop.undelete_window);
  RESTANTE_TRY(const View view, find_or_make(context, account, wanted));
  return store.open(account, view);
}

}  // namespace restante::server
