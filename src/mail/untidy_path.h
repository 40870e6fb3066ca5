// Paths of MAIL and RCPT as untidy senders write them: without brackets, behind a display name,
// with dots, blanks or a colon where only quotes would allow them, without a domain. A path that
// address.h takes by the grammar never gets here, so a tidy address means the same either way.
// Weak: what stands before "<" is thrown away unread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "mail/address.h"

namespace restante::mail {

/// Takes a path off the front of `text`. The local part is everything before the last "@"; quotes
/// are taken off only where they enclose all of it. The domain is as it came, or empty. "<>" and
/// "< >" give a Mailbox with both parts empty.
/// Errors: kSyntax (a bracket is left open, no local part, control characters, not UTF-8), kLimit
/// (the domain); then `text` is unchanged.
Result<Mailbox> take_untidy_path(std::string_view& text);

}  // namespace restante::mail
