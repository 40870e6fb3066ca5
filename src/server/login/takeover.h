// A login that finds its account's maildrop in another session's hands may end that one, where
// pop3.takeover says so: a phone that has changed its network must not keep its owner out.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/directory.h"
#include "maildrop/store.h"
#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/login/view_of_login.h"

namespace restante::server {

/// Opens the view that `holder` has, after it has ended that session: one in which no octet has
/// moved and no command was under way for pop3.takeover. It deletes nothing. The password of a
/// device ends that device's sessions only. Otherwise, or when the lock is not free in time,
/// `busy`. The references outlive the coroutine.
net::Task<Result<std::unique_ptr<maildrop::Session>>> take_over(
    SessionContext& context, const accounts::Account& account, const WantedView& wanted,
    const std::optional<Pop3Sessions::Seen>& holder, Error busy);

/// The session that has a maildrop, for the log: " key=value", several.
std::string text_of(const Pop3Sessions::Seen& holder, WallTime now);

}  // namespace restante::server
