// A TCP connection to a host, with a time limit, and the true reason where there is none: libldap
// says "Can't contact LDAP server" of everything. Blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace restante::accounts::ldap {

/// A connected socket, which the caller closes. Each address of the host is tried, all within
/// `patience`; the name is looked up in the resolver's own time. Errors: kIo ("connection refused",
/// …), kTimeout.
Result<int> dial(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace restante::accounts::ldap
