// From a name to a connected socket: the look-up, which has a deadline like everything else, and
// the race of the addresses (RFC 8305).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "dial/endpoint.h"
#include "dial/socket.h"
#include "files/descriptor.h"

namespace restante::net {

inline constexpr std::size_t kAddressesMax = 16;

/// `host` is a name or an address. Errors: kNotFound (no such host), kTimeout, kState, kLimit.
Result<std::vector<SocketAddress>> look_up(const std::string& host, std::uint16_t port,
                                           const Patience& patience);

/// The order of trying: families in turns, that of the first address first, kAddressesMax at most
/// (RFC 8305 s.4).
std::vector<SocketAddress> in_turns(const std::vector<SocketAddress>& addresses);

/// The first address that answers; a new attempt begins when the last one failed or has taken
/// 250 ms (RFC 8305 s.5). Errors: kIo (none answers; the detail says of the last one why),
/// kTimeout, kState.
Result<files::Descriptor> connect_first(const std::vector<SocketAddress>& addresses,
                                        const Patience& patience);

}  // namespace restante::net
