// A message as a file holds it, into wire form; and the other things that a file may hold. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "mail/wire_codec.h"

namespace restante::migrate {

/// Replaces the content of `wire` by the message's wire form: LF becomes CRLF, unless `bare_lf`
/// keeps it; a last line gets its end.
void to_wire(std::string_view raw, std::string& wire, mail::BareLf bare_lf = mail::BareLf::kToCrlf);

/// Errors: kSyntax: these are no octets of a mail, but of one that was compressed or encrypted.
Status check_is_mail(std::string_view raw);

}  // namespace restante::migrate
