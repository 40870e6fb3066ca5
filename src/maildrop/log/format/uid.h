// Unique ids (RFC 1939 s.7): "<maildrop>-<sequence>-<content>", made from what the log holds
// anyway.
//
// The first part changes when a maildrop is made anew, the second never repeats within a log, the
// third tells two messages apart even if damage at the end of a log made a sequence number lost and
// used again. 21 to 40 characters of a-z, 2-7, 0-9 and "-".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// The first part with its "-". No imported uid of this maildrop may start with it.
std::string uid_prefix(const MaildropId& id);
/// Appends the uid of a message that has none of its own.
void append_derived_uid(std::string_view prefix, const MessageInfo& info, std::string& out);
/// Errors: kSyntax, unless it is 1 to 70 characters 0x21..0x7E (RFC 1939 s.7).
Status check_uid(std::string_view uid);

}  // namespace restante::maildrop::log
