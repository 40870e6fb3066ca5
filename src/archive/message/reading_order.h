// Which parts of a message a person reads, of several that say the same (RFC 2046 s.5.1.4).
#pragma once

#include <string_view>
#include <vector>

#include "archive/message/mime_message.h"

namespace restante::archive {

/// Texts, messages within, and parts of which only a notice can be given, in their order: of each
/// group of alternatives, however they are nested, one branch. It is the first whose text is of
/// `type` and not blank, else the first with a text that is not blank, else the first with any. A
/// plain text that only says that the page beside it is the text counts as little.
/// Invitations are no text that says the same: they are there with every choice.
std::vector<const MimePart*> parts_to_read(const MimeMessage& message, std::string_view type);

}  // namespace restante::archive
