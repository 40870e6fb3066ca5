// HTML of mail, made safe to look at: written anew from an allow-list of elements, attributes and
// kinds of links. No script, style sheet, form, frame, plug-in, foreign markup or event handler is
// left, and nothing that would be fetched from elsewhere, such as an image that tells that the mail
// was read. Whatever the input, the output is balanced and each value is quoted and escaped, so
// that there is one way only to read it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::text {

struct CleanHtml {
  std::string html;
  std::uint64_t remote_images = 0;  ///< Left out; their place says so.
};

/// `html` is UTF-8. At most about `bytes_max` bytes are written, then it is cut (and balanced).
CleanHtml clean_html(std::string_view html, std::size_t bytes_max);

/// Text as HTML: &, <, > and quotes escaped.
std::string escape_html(std::string_view text);

/// A whole document around a cleaned body, with a policy that forbids what may have been missed.
/// `title` is text; `before` and `body` are HTML.
std::string html_document(std::string_view title, std::string_view before, std::string_view body);

}  // namespace restante::text
