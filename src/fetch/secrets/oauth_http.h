// One question to an issuer of tokens: a form by POST, a JSON object back. HTTPS only, but for this
// machine; certificates are checked; no redirect is followed, for it would take secrets elsewhere.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "profile/profile.h"

namespace restante::fetch {

/// Names and values, not yet escaped. The values may be secrets: they outlive the call.
using Form = std::vector<std::pair<std::string_view, std::string_view>>;

struct HttpAnswer {
  long status = 0;  ///< 200, or 400 to 499 with an object that says why.
  boost::json::object body;
};

/// `name=value&…`, escaped (application/x-www-form-urlencoded).
std::string encode_form(const Form& form);

/// Errors: kIo (network, certificate, another status), kTimeout (30 s), kSyntax (no JSON object),
/// kLimit (more than 256 KiB), kState (stop was raised). The detail names the URL, no secret.
Result<HttpAnswer> post_form(const profile::Issuer& issuer, const std::string& url,
                             const Form& form, const net::StopSignal& stop);

/// The member when it is a string; else empty. A view into `object`.
std::string_view text_of(const boost::json::object& object, std::string_view name);
/// The member when it is a whole number that is not negative, or its digits as a text; else
/// `otherwise`.
std::int64_t number_of(const boost::json::object& object, std::string_view name,
                       std::int64_t otherwise);

}  // namespace restante::fetch
