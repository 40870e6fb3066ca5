// What a reader makes of a part, by its type: text, a picture of the text, a signature, a file.
// Pure.
#pragma once

#include <string_view>

namespace restante::archive {

/// A text for people, or what can be read as one: text/*, delivery reports, pieces of messages.
bool is_readable_type(std::string_view type);
/// Among those what people write to be read in the mail, with a file's name or without; a table or
/// a program with a name is a file.
bool is_prose_type(std::string_view type);
/// Parts for the mail's own working: signatures, reports, invitations. They are not worth saving.
bool is_machinery_type(std::string_view type);
/// Rich text of word processors.
bool is_rtf_type(std::string_view type);
/// Outlook's winmail.dat.
bool is_outlook_type(std::string_view type);
/// The usual name of what has none: "smime.p7s". Empty: there is none.
std::string_view usual_name(std::string_view type);

}  // namespace restante::archive
