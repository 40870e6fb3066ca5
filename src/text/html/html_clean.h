// HTML of mail, made safe to look at: written anew from an allow-list of elements, attributes and
// kinds of links. No script, style sheet, form, frame, plug-in, foreign markup or event handler is
// left, and nothing that would be fetched from elsewhere, such as an image that tells that the mail
// was read. For every input the output is balanced and each value is quoted and escaped, so that
// there is one way only to read it. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace restante::text {

struct CleanHtml {
  std::string html;
  std::uint64_t remote_images = 0;  ///< Left out; their place says so.
};

/// The picture of the mail that a Content-ID names, as a "data:" URL (image_url.h); empty if there
/// is none.
using OwnImages = std::function<std::string(std::string_view content_id)>;

/// `html` is UTF-8. At most about `bytes_max` bytes are written, then it is cut (and balanced).
CleanHtml clean_html(std::string_view html, std::size_t bytes_max);

/// The same with the mail's own pictures, which "cid:" links name (RFC 2392), in their places. They
/// are no remote images, do not count into `bytes_max`, and are at most 500 and about 20 MiB.
CleanHtml clean_html(std::string_view html, std::size_t bytes_max, const OwnImages& images);

/// Text as HTML: &, <, > and quotes escaped.
std::string escape_html(std::string_view text);

/// A whole document around a cleaned body, with a policy that forbids what may have been missed.
/// `title` is text; `before` and `body` are HTML.
std::string html_document(std::string_view title, std::string_view before, std::string_view body);

}  // namespace restante::text
