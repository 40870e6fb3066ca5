// Messages in quarantine as a person or a program sees them: a list, or one with its header fields.
// It changes nothing.
#pragma once

#include <string>
#include <vector>

#include "archive/database/held_mail.h"
#include "restante/frame/context.h"
#include "restante/frame/exit_code.h"

namespace restante::cli {

/// Errors: kNotFound, with what to write instead.
Result<std::vector<archive::Held>> find_held(const std::vector<archive::Held>& all,
                                             const std::vector<std::string>& ids);
/// As a table, or an object each.
void print_held(const Context& context, const std::vector<archive::Held>& messages);
/// Where it is, why, and all its header fields, in text or into `objects`; with `raw`, its octets
/// as received. Mail that cannot be read is told.
Exit show_held(const Context& context, const archive::Held& held, bool raw, JsonList& objects);

}  // namespace restante::cli
