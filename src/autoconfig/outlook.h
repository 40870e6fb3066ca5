// Outlook's autodiscover in plain XML ([MS-OXDSCLI], POX): the request that names an address, and
// the answer with the POP3 settings of its domain. The address comes back as the login name, since
// Outlook would log in with the part before its @ otherwise; it is not looked up. Pure.
#pragma once

#include <string>
#include <string_view>

#include "autoconfig/offer.h"
#include "base/result.h"

namespace restante::autoconfig {

/// The EMailAddress of a request: an @ with something on both sides, printable, at most 254 octets.
/// Errors: kSyntax, kLimit; kNotFound (it wants an answer of another schema, as phones do).
Result<std::string> read_outlook_request(std::string_view body);

std::string outlook_answer(const Offer& offer, const std::string& address);

/// For a request that cannot be answered: 600 (it is broken), 601 (another schema), 500 (no such
/// domain here).
std::string outlook_error(int code, std::string_view message);

}  // namespace restante::autoconfig
