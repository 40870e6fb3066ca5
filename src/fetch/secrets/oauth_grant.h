// What an issuer's token endpoint answers (RFC 6749 s.5), to any kind of grant. Pure but for the
// one question; the clock is passed in.
#pragma once

#include <string>

#include "base/result.h"
#include "fetch/secrets/oauth_http.h"
#include "fetch/secrets/oauth_store.h"

namespace restante::fetch {

struct Refusal {
  std::string error;        ///< "invalid_grant", "authorization_pending" …; empty: granted.
  std::string description;  ///< For people; control characters replaced.
};

struct Grant {
  Tokens tokens;
  Refusal refusal;
  [[nodiscard]] bool granted() const { return refusal.error.empty(); }
};

/// Asks with the client's id and secret added to `form`. A refusal is no Error. `now`: seconds
/// since 1970. Errors: as post_form(); kSyntax (neither a token nor a refusal, or no bearer token).
Result<Grant> ask_for_tokens(const profile::Issuer& issuer, Form form, std::int64_t now,
                             const net::StopSignal& stop);

/// The same from an answer that is there.
Result<Grant> read_grant(const HttpAnswer& answer, std::int64_t now);

}  // namespace restante::fetch
