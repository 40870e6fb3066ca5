// The messages of SCRAM as text (RFC 5802 s.7), for the server and the client alike: taken apart
// strictly, attributes in their order, nothing left over. Views into the message; nothing is
// copied but what has to be unescaped. Knows no keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::sasl {

/// gs2-header: what the client says of channel binding, and for whom it wants to act.
struct Gs2Header {
  /// 'n': has none; 'y': has one, but thinks that the server has not; 'p': uses `binding_type`.
  char flag = 'n';
  std::string_view binding_type;
  std::string authorization;
  std::string_view text;  ///< The header itself, with its last comma.
};

/// The header from the front of `message`. Errors: kSyntax, kLimit.
Result<Gs2Header> parse_gs2_header(std::string_view message);

struct ClientFirst {
  Gs2Header header;
  std::string name;
  std::string_view nonce;
  std::string_view bare;  ///< client-first-message-bare.
};
Result<ClientFirst> parse_client_first(std::string_view message);

struct ServerFirst {
  std::string_view nonce;
  std::string salt;
  std::uint32_t iterations = 0;
};
/// Errors: kSyntax, kLimit (more iterations than kScramClientIterationsMax).
Result<ServerFirst> parse_server_first(std::string_view message);

struct ClientFinal {
  std::string binding;  ///< Decoded: the gs2-header and the channel's data.
  std::string_view nonce;
  std::string proof;
  std::string_view without_proof;
};
Result<ClientFinal> parse_client_final(std::string_view message);

/// "v=": the server's signature, decoded. Errors: kSyntax; kAuth ("e=": the server refused).
Result<std::string> parse_server_final(std::string_view message);

/// A name as it stands behind "n=" and "a=": '=' and ',' written as =3D and =2C.
std::string escape_name(std::string_view name);

}  // namespace restante::sasl
