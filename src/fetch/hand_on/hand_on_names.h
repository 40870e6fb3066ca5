// The queue's name of a target: its name in the configuration, or, where it has none, a text made
// of all that it is. And what becomes of the queue when the configuration changes, so that a target
// which is corrected gets what waited for it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "fetch/hand_on/hand_on_queue.h"
#include "profile/profile.h"

namespace restante::fetch {

/// What stands for the hook of an account. No target can be called so.
inline constexpr std::string_view kHookName = "on_message (hook)";

/// The queue's name of the target; two with the same name get a message once.
std::string destination_of(const profile::HandOn& target);
/// The text of a target, without its name.
std::string text_of(const profile::HandOn& target);
/// Of all targets, in the order of the configuration.
std::vector<std::string> destinations_of(const profile::Account& account);

/// The target's login as that of an account, which credential_of() knows; its name is
/// ACCOUNT:TARGET.
profile::Account login_of(const profile::Account& account, const profile::HandOn& target);

/// A target that was given a name takes over the rows of its text; and where one target is new and
/// one is gone while mail waits for it, the new one is the old one, corrected. What happened, in
/// sentences for the user. Durable. Errors: the queue's.
Result<std::vector<std::string>> settle_names(HandOnQueue& queue, const profile::Account& account);

}  // namespace restante::fetch
