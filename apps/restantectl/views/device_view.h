// The own view of a device: made when the device is added, ended when it is removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/bulk.h"
#include "maildrop/store.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// As the options of device add have it; empty: the default.
struct DeviceViewOptions {
  std::string view;  ///< "own" or "shared".
  std::string role;
  std::string from;
};

/// What is to be made for a device of this label; nullopt: it shares the account's view. Errors:
/// kSyntax.
Result<std::optional<maildrop::NewView>> wanted_device_view(Office& office,
                                                            const DeviceViewOptions& options,
                                                            const std::string& label);
/// Its device has no password any more. Nothing to end is ok(). Errors: kIo, kFull, kCorrupt.
Status end_device_view(Office& office, const std::string& account, const std::string& label);

/// After a bulk change that is in force: makes views for new devices where accounts.device_views
/// says so, and ends those of removed ones. All are tried; the first error is returned.
Status settle_device_views(Office& office, const std::vector<accounts::AccountChange>& changes,
                           const accounts::BulkOutcome& outcome);

/// The views of an account's maildrop. Errors: kIo, kCorrupt.
Result<std::vector<maildrop::ViewInfo>> views_of(Office& office, const std::string& account);
/// That of the device with this label; nullptr: it shares the account's.
const maildrop::ViewInfo* view_of_device(const std::vector<maildrop::ViewInfo>& views,
                                         const std::string& label);

}  // namespace restante::ctl
