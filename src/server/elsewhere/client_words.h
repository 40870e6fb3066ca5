// Our words to another server about the client whose session we pass on: in XCLIENT's form, or as a
// PROXY header (version 2). Pure.
#pragma once

#include <string>
#include <string_view>

#include "dial/endpoint.h"

namespace restante::server {

/// XCLIENT's arguments: "ADDR=192.0.2.1 PORT=4711 SESSION=18f-2a CLIENT-TRANSPORT=TLS"; empty for a
/// client without an address. A client without TLS is not mentioned: the other server would take
/// our octets as sent in the clear.
std::string xclient_words(const net::Endpoint& client, std::string_view session, bool tls);

/// Its octets; `here` is our end of the client's connection. A client without an address is ours
/// ("LOCAL").
std::string proxy_header(const net::Endpoint& client, const net::Endpoint& here);

}  // namespace restante::server
