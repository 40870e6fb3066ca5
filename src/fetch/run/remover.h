// The end of a session: DELE for what the policy says, QUIT, and the state that goes with each.
// Private to the collector.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "fetch/run/run.h"
#include "fetch/session/session.h"

namespace restante::fetch {

/// What each message without a unique id is, by its number in this session.
using Unidentified = std::unordered_map<std::uint32_t, std::string>;

/// What would be deleted now. `as_if_fetched`: messages that are taken as safe already (a dry run).
Result<std::vector<Deletion>> plan_deletions(Run& run, const Listing& listing,
                                             const Unidentified& unidentified,
                                             const std::vector<Fetch>& as_if_fetched);

/// Marks them as sent, sends DELE for each, then QUIT; marks what is gone after its +OK. An empty
/// list just ends the session. After an Error those that were sent stay marked as sent.
Status delete_and_quit(Run& run, Session& session, const std::vector<Deletion>& deletions);

}  // namespace restante::fetch
