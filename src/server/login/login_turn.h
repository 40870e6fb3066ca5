// The steps by which any login here, to a maildrop or to the status page, is held to [limits].
#pragma once

#include <string>
#include <string_view>

#include "net/asio.h"
#include "server/common/session_context.h"

namespace restante::server {

/// The name that failures are counted by, also for names that no account can have. One for all
/// spellings, or each spelling would have tries of its own.
std::string counted_name(const SessionContext& context, std::string_view name);

/// May it begin? As Gate::may_log_in(), of this moment.
guard::Verdict may_log_in(SessionContext& context, const guard::Login& login,
                          guard::Gate::Check& check);
/// The same when its turn comes: where the running checks of an address might spend all its allowed
/// failures, the next one waits for one of them to end. Parallel guesses get no more tries than
/// serial ones. The references outlive the coroutine.
net::Task<guard::Verdict> wait_for_turn(SessionContext& context, const guard::Login& login,
                                        guard::Gate::Check& check);

/// The answer comes `span` after the question, so that the time of the work does not show in it.
net::Task<void> hold_back(SessionContext& context, guard::Span span, guard::Moment asked);

}  // namespace restante::server
