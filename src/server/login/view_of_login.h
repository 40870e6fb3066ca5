// Which view of its maildrop a login opens: a device's own, the one whose label stands behind the
// login name, the trash, or the default one; and its opening (docs/devices.md).
#pragma once

#include <memory>
#include <string>

#include "accounts/directory.h"
#include "maildrop/store.h"
#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"

namespace restante::server {

/// A view by its name; empty: the default one.
struct WantedView {
  std::string name;
  bool is_device = false;  ///< It counts only where it is a device's own: see settle_device().
  bool is_trash = false;

  /// What its sessions and delays are counted by, beside the account.
  [[nodiscard]] std::string key(const std::string& account) const {
    return name.empty() ? account : account + '#' + name;
  }
};

/// The name without the label, if views have a separator; for counting by account. Asks nothing.
std::string_view without_label(const SessionContext& context, std::string_view name);

/// Takes the label off the name where no account has the whole name; it is in `label` then. Waits
/// where the directory is slow. The references outlive the coroutine.
net::Task<void> take_label(SessionContext& context, std::string& name, std::string& label);

/// Of an account whose proof was right. Errors: kAuth (no view can have this label), kState (there
/// is no trash here).
Result<WantedView> wanted_view(const SessionContext& context, const accounts::Account& account,
                               const std::string& label);

/// A device that has no view of its own shares the default one. Errors: kIo, kCorrupt. The
/// references outlive the coroutine.
net::Task<Status> settle_device(SessionContext& context, const std::string& account,
                                WantedView& wanted);

/// Opens it without the disk; std::nullopt when that is not possible.
std::optional<Result<std::unique_ptr<maildrop::Session>>> open_view_cached(
    SessionContext& context, const std::string& account, const WantedView& wanted);

/// Opens it, and makes it first where its owner's own password wants it. Blocks for the disk.
/// Errors: as Store::open; kLimit (as many views as there may be), kAuth (it is a copy's).
Result<std::unique_ptr<maildrop::Session>> open_view(SessionContext& context,
                                                     const std::string& account,
                                                     const WantedView& wanted);

}  // namespace restante::server
