// The hook of an account, on_message: a line for sh that is run for each new message, and is tried
// again as a target of hand-on is. Private to the collector.
#pragma once

#include "fetch/hand_on/hand_on_target.h"
#include "fetch/run/run.h"

namespace restante::fetch {

/// `run` outlives it. The hook's words on stdout and stderr are told to the user.
std::unique_ptr<HandOnSession> hook_session(Run& run);

/// The hook's variables about a message, bounded: a header field may be longer than a program's
/// environment may hold.
std::vector<std::pair<std::string, std::string>> hook_variables(const std::string& account,
                                                                const HandOnMessage& message,
                                                                std::int64_t id);

}  // namespace restante::fetch
