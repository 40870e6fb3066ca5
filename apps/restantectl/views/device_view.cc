#include "restantectl/views/device_view.h"

#include <algorithm>

namespace restante::ctl {

Result<std::optional<maildrop::NewView>> wanted_device_view(Office& office,
                                                            const DeviceViewOptions& options,
                                                            const std::string& label) {
  using accounts::DeviceViews;
  if (!options.view.empty() && options.view != "own" && options.view != "shared")
    return Error(Errc::kSyntax, "--view is own or shared");
  const bool is_own = options.view.empty()
                          ? office.config().accounts.device_views == DeviceViews::kOwn
                          : options.view == "own";
  if (!is_own && (!options.role.empty() || !options.from.empty()))
    return Error(Errc::kSyntax, "--role and --from are for a device with --view own");
  if (!is_own) return std::optional<maildrop::NewView>();
  maildrop::NewView view;
  view.name = maildrop::device_view_name(label);
  view.of_device = true;
  view.views_max = office.config().maildrop.views_max;
  if (!options.role.empty()) {
    RESTANTE_TRY(const maildrop::ViewRole role, maildrop::parse_view_role(options.role));
    view.role = role;
  }
  if (!options.from.empty()) {
    RESTANTE_TRY(const maildrop::ViewStart start,
                 maildrop::parse_view_start(options.from, system_clock().now()));
    view.start = start;
  }
  return std::optional(std::move(view));
}

Status end_device_view(Office& office, const std::string& account, const std::string& label) {
  RESTANTE_TRY(auto* const store, office.store());
  const auto found = store->find_view(account, maildrop::device_view_name(label));
  if (!found && found.error().code == Errc::kNotFound) return ok();
  if (!found) return found.error();
  return found->of_device ? store->end_view(account, found->view) : ok();
}

namespace {

Status make_device_view(Office& office, const std::string& account, const std::string& label) {
  RESTANTE_TRY(const auto wanted, wanted_device_view(office, {}, label));
  if (!wanted) return ok();
  RESTANTE_TRY(auto* const store, office.store());
  auto made = store->make_view(account, *wanted);
  return made ? ok() : Status(std::move(made).error());
}

Status settle_one(Office& office, const accounts::AccountChange& change,
                  const accounts::BulkRow& row) {
  if (change.lost_devices.empty() && row.devices.empty()) return ok();
  RESTANTE_TRY(const std::string maildrop, office.maildrop_name(row.name));
  for (const std::string& label : change.lost_devices)
    RESTANTE_CHECKED(end_device_view(office, maildrop, label));
  for (const accounts::MadePassword& device : row.devices)
    RESTANTE_CHECKED(make_device_view(office, maildrop, device.label));
  return ok();
}

}  // namespace

Status settle_device_views(Office& office, const std::vector<accounts::AccountChange>& changes,
                           const accounts::BulkOutcome& outcome) {
  if (!outcome.done) return ok();
  Status first = ok();
  for (std::size_t i = 0; i < outcome.rows.size() && i < changes.size(); ++i) {
    if (outcome.rows[i].verdict == accounts::RowVerdict::kRefused) continue;
    Status settled = settle_one(office, changes[i], outcome.rows[i]);
    if (!settled && first) first = std::move(settled);
  }
  return first;
}

Result<std::vector<maildrop::ViewInfo>> views_of(Office& office, const std::string& account) {
  RESTANTE_TRY(auto* const store, office.store());
  return store->views(account);
}

const maildrop::ViewInfo* view_of_device(const std::vector<maildrop::ViewInfo>& views,
                                         const std::string& label) {
  const std::string name = maildrop::device_view_name(label);
  const auto found = std::ranges::find_if(views, [&name](const maildrop::ViewInfo& view) {
    return view.of_device && view.name == name;
  });
  return found == views.end() ? nullptr : &*found;
}

}  // namespace restante::ctl
