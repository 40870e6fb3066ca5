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

namespace restante::server {

/// Opens the maildrop that `holder` has, after having ended that session: one in which no octet has
/// moved and no command was under way for pop3.takeover. It deletes nothing. Who came by the
/// password of a device ends that device's sessions only. Otherwise, or when the lock is not free
/// in time, `busy`. What the references name outlives the coroutine.
net::Task<Result<std::unique_ptr<maildrop::Session>>> take_over(
    SessionContext& context, const accounts::Account& account,
    const std::optional<Pop3Sessions::Seen>& holder, Error busy);

/// Who has a maildrop, as the log says it: " key=value", several.
std::string text_of(const Pop3Sessions::Seen& holder, WallTime now);

}  // namespace restante::server
