// The values behind the addresses of a PROXY header of version 2: type, length, value. Two of them
// are of use: the checksum, and the proxy's words on its client's TLS. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace restante::net {

/// A fault of a header, for the log.
inline Error wrong_header(const char* what) {
  return Error(Errc::kSyntax, std::string("PROXY header: ") + what);
}

inline std::uint8_t octet_of(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

struct ProxyTlvs {
  /// The client speaks TLS with the proxy: "TLSv1.3 TLS_AES_256_GCM_SHA384", as far as it is told,
  /// or "TLS". nullopt: it does not, or nothing is said.
  std::optional<std::string> tls;
};

/// Reads them from `at` to the end of `header`, which is the whole header. Others are skipped; the
/// name in a client's certificate is one of those, because a proxy's word logs no user in. Errors:
/// kSyntax.
Result<ProxyTlvs> read_proxy_tlvs(const std::string& header, std::size_t at);

}  // namespace restante::net
