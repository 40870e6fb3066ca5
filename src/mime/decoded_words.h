// Header fields as people read them: encoded words (RFC 2047) as mail really has them, and octets
// that no standard allows. Pure; linear in the field's length; never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::mime {

/// The most that is read of one field, and about the most that comes out.
inline constexpr std::size_t kFieldBytesMax = 64U << 10;

/// An unstructured field's value as one line of well-formed UTF-8, unfolded: white space is one
/// blank, without any at the ends; no control characters. `raw` is what stands behind the colon, as
/// received. Words are decoded wherever they stand and however they are broken: within quotes,
/// without blanks around them, without padding, with a character cut in two by the next word of
/// the same charset. Octets above 127 outside of words are UTF-8 if they can be, else of `charset`,
/// which is the body's (may be empty), else what they look like. RFC 2047, RFC 6532.
std::string decode_text(std::string_view raw, std::string_view charset = {});

/// The same without the work on blanks: what stands in `raw` stays where it is, for those who look
/// for structure first. White space between two words that are neighbours is dropped.
std::string decode_words(std::string_view raw, std::string_view charset = {});

/// Octets outside of encoded words as UTF-8, chosen as decode_text() says; encoded words, which are
/// ASCII, stay as they are. For those who look for structure: in some sets the second octet of a
/// character looks like a quote or a comma.
std::string field_as_utf8(std::string_view raw, std::string_view charset = {});

/// Well-formed UTF-8 as one line: white space becomes one blank, and none at the ends; control
/// characters, C1 among them, are left out.
std::string one_line(std::string_view text);

}  // namespace restante::mime
