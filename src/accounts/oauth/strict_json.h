// JSON objects from issuers and from strangers: Boost.JSON, and stricter: no name twice in one
// object, since two readers of such a text may understand two things (RFC 7515 s.4, RFC 7519 s.4).
// Knows nothing of tokens.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::oauth {

namespace json = boost::json;

/// The object that the text is, and nothing else. Errors: kSyntax: no JSON, no object, a name twice
/// in one of its objects, or nested deeper than 8; kLimit: longer than `bytes_max`.
Result<json::object> parse_object(std::string_view text, std::size_t bytes_max);

/// The member when it is there and a string; a view into `object`.
std::optional<std::string_view> text_of(const json::object& object, std::string_view name);

/// base64url without padding, exactly (RFC 7515 s.2). Errors: kSyntax.
Result<std::string> decode_base64url(std::string_view text);

}  // namespace restante::accounts::oauth
