// The files of a certificate, and the one of a server that was given none: ECDSA P-256,
// self-signed, made at first start.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace restante::net {

struct CertificateFiles {
  std::filesystem::path certificate;  ///< PEM, leaf first, then intermediates.
  std::filesystem::path private_key;  ///< PEM.
};

/// Where ensure_self_signed() has them.
CertificateFiles self_signed_files(const std::filesystem::path& directory);

/// The files in `directory`, made now (key mode 0600, ten years, names: hostname, localhost,
/// 127.0.0.1, ::1) unless both are there. `made` says whether they are new. Errors: kIo.
Result<CertificateFiles> ensure_self_signed(const std::filesystem::path& directory,
                                            const std::string& hostname, bool& made);

}  // namespace restante::net
