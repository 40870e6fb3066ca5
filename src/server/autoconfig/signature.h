// The signature of Apple's configuration profiles: CMS, with the profile inside (RFC 5652), so that
// a device shows who it comes from.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace restante::server {

/// DER. The certificate's file may have its chain behind it, which goes along. Errors: kIo (a file
/// cannot be read), kSyntax (a certificate or key that cannot be used, or that do not fit).
Result<std::string> sign_profile(const std::string& profile,
                                 const std::filesystem::path& certificate,
                                 const std::filesystem::path& key);

}  // namespace restante::server
