// What came through one listener. Callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/measures/counter.h"
#include "server/measures/histogram.h"

namespace restante::server {

/// What became of a connection at the door.
enum class Entry : std::uint8_t {
  kTaken,
  kLimit,    ///< limits.connections, or no file descriptor.
  kAddress,  ///< connections_per_address.
  kRate,     ///< connections_per_minute.
  kNetwork,  ///< listen.networks.
  kProxy,    ///< No proxy, or one without a header.
};
inline constexpr std::array<std::string_view, 6> kEntryNames{"taken", "limit",   "address",
                                                             "rate",  "network", "proxy"};

/// As labels name the versions of TLS.
inline constexpr std::array<std::string_view, 6> kTlsNames{"none",    "TLSv1",   "TLSv1.1",
                                                           "TLSv1.2", "TLSv1.3", "other"};
/// The place there of what OpenSSL or a proxy calls a version; what stands behind a space does not
/// matter.
std::size_t tls_place(std::string_view version);

struct Door {
  std::string protocol;  ///< "pop3".
  std::string listener;  ///< "[::]:110".
  std::array<Counter, kEntryNames.size()> entries;
  std::array<Counter, kTlsNames.size()> handshakes;  ///< That succeeded.
  Histogram greeting;  ///< From the connection to where its first word goes out.

  void count(Entry entry) { entries[static_cast<std::size_t>(entry)].add(); }
  void count_handshake(std::string_view version) { handshakes[tls_place(version)].add(); }
};

}  // namespace restante::server
