// The messages of OAUTHBEARER (RFC 7628 s.3.1) and XOAUTH2 as text, for the server and the client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"

namespace restante::sasl {

struct BearerMessage {
  std::string name;  ///< Empty: the token says it.
  SecretString token;
};

/// gs2-header, then "key=value" pairs, each ended by ^A, then one more ^A; one of them "auth".
/// Channel binding is none of it. Errors: kSyntax, kLimit.
Result<BearerMessage> parse_oauth_bearer(std::string_view message);
/// "user=" name ^A "auth=Bearer " token ^A ^A. Errors: kSyntax, kLimit.
Result<BearerMessage> parse_xoauth2(std::string_view message);

/// Where the client went: part of OAUTHBEARER's message.
struct BearerService {
  std::string host;
  std::uint16_t port = 0;
};
/// Holds the token: wipe() it when it is sent.
std::string format_oauth_bearer(const BearerMessage& message, const BearerService& service);
std::string format_xoauth2(const BearerMessage& message);

}  // namespace restante::sasl
