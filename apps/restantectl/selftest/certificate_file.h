// The facts in a certificate's file that clients look at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/settings/config.h"

namespace restante::ctl {

struct CertificateFacts {
  std::string sha256;  ///< 64 lower-case hexadecimal digits.
  WallTime ends{};
};

/// Of the first certificate in the PEM file. Errors: kIo, kSyntax.
Result<CertificateFacts> read_certificate(const std::filesystem::path& path);

/// The certificates that the server shows: of [tls], or its own self-signed one.
std::vector<std::filesystem::path> certificates_of(const settings::Config& config);

}  // namespace restante::ctl
