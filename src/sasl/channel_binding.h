// What ties a SASL exchange to the TLS channel below it (RFC 5056): both ends know it, and somebody
// in the middle with a channel to each cannot have the same on both.
#pragma once

#include <string>

namespace restante::sasl {

struct ChannelBinding {
  std::string type;  ///< "tls-exporter" (RFC 9266) or "tls-unique" (RFC 5929).
  std::string data;
};

}  // namespace restante::sasl
