// Why a server's certificate is not taken: libldap says only that it is not. For the log; nothing
// is trusted because of it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace restante::accounts::ldap {

/// "its certificate has expired (…)", "… is for HOSTS, not for HOST", "… is signed by no authority
/// in FILE (by …)". `der` is what the server showed; empty: nothing is wrong that can be seen here.
std::string certificate_fault(std::string_view der, const std::string& host,
                              const std::filesystem::path& authorities, WallTime now);

}  // namespace restante::accounts::ldap
