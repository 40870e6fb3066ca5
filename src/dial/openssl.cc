#include "dial/openssl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <string_view>

namespace restante::net {

std::string openssl_reason() {
  // The last of the queue is the nearest to what was asked for; the queue is the thread's, and is
  // left empty for the next connection.
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

int to_openssl(TlsVersion version) {
  switch (version) {
    case TlsVersion::k10: return TLS1_VERSION;
    case TlsVersion::k11: return TLS1_1_VERSION;
    case TlsVersion::k12: return TLS1_2_VERSION;
    case TlsVersion::k13: return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

std::string exporter_binding_of(SSL* ssl) {
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::array<unsigned char, 32> data{};
  // TLS 1.2 has `tls-unique` for it (docs/authentication.md).
  if (SSL_version(ssl) != TLS1_3_VERSION ||
      SSL_export_keying_material(ssl, data.data(), data.size(), kLabel.data(), kLabel.size(),
                                 nullptr, 0, 1) != 1)
    return {};
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

}  // namespace restante::net
