// The settings of TLS: [tls].
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/tls_version.h"
#include "config/keys_fwd.h"
#include "dial/self_signed.h"

namespace restante::net {

struct TlsSettings {
  std::vector<CertificateFiles> certificates;  ///< The first answers clients without a known SNI.
  /// Below 1.2, weaker ciphers and signatures are accepted, too, and a certificate may have any
  /// key.
  TlsVersion min_version = TlsVersion::k12;
  /// PEM: who may have signed the certificates of clients. A client is asked for one and may do
  /// without; a bad one fails the handshake. Empty: clients are not asked.
  std::filesystem::path client_ca;
  /// PEM: a list of revoked certificates of each authority in a client's chain. A revoked
  /// certificate fails the handshake; where a list is missing or has ended, a certificate names no
  /// user. Empty: no check.
  std::filesystem::path client_crl;
  std::chrono::seconds watch_interval = std::chrono::minutes(1);  ///< Between looks at the files.
};

/// [tls]. A table without certificates of its own has none, or one that is empty before those of
/// [[tls.sni]].
const config::Keys<TlsSettings>& tls_keys();

}  // namespace restante::net
