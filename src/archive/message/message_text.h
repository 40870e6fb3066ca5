// What a person reads of a message: its text put together from its parts, plain where there is
// plain text, else made from HTML. For showing and for the index. It knows no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "archive/message/mime_message.h"
#include "text/html/html_clean.h"
#include "text/html/html_text.h"

namespace restante::archive {

/// The text of the message and of messages in it, each with a few lines of its headers; at most
/// about `bytes_max` bytes. Parts that cannot be read are left out.
std::string body_text(const MimeMessage& message, text::Links links, std::size_t bytes_max);

/// What `body`, the text of the message, leaves out of alternatives that do not say the same, for
/// the search: the page's text where the plain one is little more than a word that the page has it,
/// and that plain one where the page was read. At most about a mebibyte.
std::string text_behind_stub(const MimeMessage& message, std::string_view body);

/// The same as safe HTML (html_clean.h); plain text becomes <pre>.
text::CleanHtml body_html(const MimeMessage& message, std::size_t bytes_max);

/// Names of attachments and the text in them, for the index: at most about `bytes_max` bytes.
/// `document_time`, of processor, is for all documents together; with none of it none is read.
std::string attachment_words(const MimeMessage& message, std::size_t bytes_max,
                             std::chrono::milliseconds document_time);

}  // namespace restante::archive
