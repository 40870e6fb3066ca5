// The mail that tells the operator what has begun to be wrong, and what is over.
#pragma once

#include <string>
#include <vector>

#include "maildrop/store.h"
#include "server/alarm/told_troubles.h"

namespace restante::server {

/// "mail.example.test: The disk is nearly full", "…: over: …", "… (and 2 more)".
std::string alarm_subject(const std::string& hostname, const TroubleNews& news);

/// What has changed, what to do about it, and what else lasts; CRLF. `told`: what lasted before.
std::string alarm_text(const TroubleNews& news, const std::vector<ToldTrouble>& told, WallTime now);

}  // namespace restante::server
