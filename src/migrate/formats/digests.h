// Checksums that others know: MD5 as Dovecot puts it into unique ids, SHA-256 for comparing.
#pragma once

#include <string>
#include <string_view>

namespace restante::migrate {

/// 32 lower-case hexadecimal digits. No proof of anything: a part of other programs' ids.
std::string md5_of(std::string_view octets);
/// 64 lower-case hexadecimal digits.
std::string sha256_of(std::string_view octets);

}  // namespace restante::migrate
