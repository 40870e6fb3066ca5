// The door of the operator's pages where a Unix socket's mode does not say who may look: a listener
// with TLS asks for its token, or for the name and the password of an account that is an operator's
// (RFC 6750 s.2.1, RFC 7617 s.2). Tries are held to [limits] as logins are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret_string.h"
#include "net/asio.h"
#include "server/common/session_context.h"

namespace restante::server {

struct PageAnswer {
  unsigned status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body{};
  bool asks_for_password = false;  ///< Of an operator's account.
  bool asks_for_token = false;
};

/// What the field Authorization of a request brings.
struct PageKey {
  enum class Kind : std::uint8_t {
    kNone,      ///< There is no such field.
    kUnusable,  ///< Another scheme, or not in its form.
    kToken,
    kPassword,
  };
  Kind kind = Kind::kNone;
  std::string name{};  ///< Of an account, with kPassword.
  SecretString secret{};
};

/// `fields`: how many of them the request has; `field`: the first. Pure.
PageKey read_page_key(std::string_view field, std::size_t fields);

/// nullopt: the peer is an operator. Otherwise the answer, late as after a wrong password of POP3.
/// `context` outlives the coroutine; the secret is wiped as soon as it was checked.
net::Task<std::optional<PageAnswer>> admit_operator(PageKey key, SessionContext& context);

}  // namespace restante::server
