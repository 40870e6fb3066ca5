#include "archive/message/message_text.h"

#include <time.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "archive/message/part_kind.h"
#include "archive/message/reading_order.h"
#include "base/ascii.h"
#include "documents/document_text.h"
#include "documents/rtf_text.h"
#include "text/calendar.h"
#include "text/charsets/charset.h"
#include "text/enriched.h"
#include "text/flowed.h"
#include "text/image_url.h"

namespace restante::archive {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::size_t kBehindStubBytesMax = 1U << 20;

/// The text with LF at the end of each line.
std::string with_plain_lines(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string lines;
  lines.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!is_pair) lines += text[i] == '\r' ? '\n' : text[i];
  }
  if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
  return lines;
}

std::string plain_text(const MimeMessage& message, const MimePart& part, std::size_t bytes_max) {
  const auto read = message.text_of(part.number, bytes_max);
  if (!read) return {};
  const bool is_enriched = part.type == "text/enriched" || part.type == "text/richtext";
  if (part.type == "text/calendar") {
    std::string event = text::calendar_text(*read, bytes_max);
    if (!event.empty()) return event;  // Otherwise it is plain words, or for programs alone.
  }
  if (is_rtf_type(part.type)) return with_plain_lines(text::rtf_text(*read, bytes_max));
  if (is_enriched) return with_plain_lines(text::enriched_to_text(*read));
  if (part.is_flowed) return text::unflow(with_plain_lines(*read), part.delete_space);
  return with_plain_lines(*read);
}

std::string text_from_html(const MimeMessage& message, const MimePart& part, text::Links links,
                           std::size_t bytes_max) {
  // Markup is several times its text.
  const auto read = message.text_of(part.number, 8 * bytes_max);
  return read ? text::html_to_text(*read, links, bytes_max) : std::string();
}

std::string text_of_document(const MimeMessage& message, const MimePart& part,
                             std::size_t bytes_max, const text::GoOn& go_on) {
  std::string octets;
  const Status sent = message.send_part(part.number, [&](std::string_view piece) -> Status {
    if (octets.size() + piece.size() > text::kDocumentBytesMax)
      return Error(Errc::kLimit, "a document that is too large");
    octets += piece;
    return ok();
  });
  if (!sent) return {};
  return text::document_text(octets, part.type, part.name, bytes_max, go_on);
}

std::chrono::nanoseconds processor_time() {
  timespec used{};
  // The processor's time, not the wall's: a busy machine must not cost a message its documents.
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::string message_heading(const Headers& headers) {
  std::string heading = "\n---- message ----\n";
  if (!headers.from.empty()) heading += "From: " + headers.from + "\n";
  if (!headers.to.empty()) heading += "To: " + headers.to + "\n";
  if (!headers.date_text.empty()) heading += "Date: " + headers.date_text + "\n";
  if (!headers.subject.empty()) heading += "Subject: " + headers.subject + "\n";
  return heading + "\n";
}

/// The words in place of a part that cannot be read here.
std::string_view notice_of(const MimePart& part) {
  switch (part.protection) {
    case Protection::kOpenPgp: return "(This message is encrypted with OpenPGP.)\n";
    case Protection::kSmimeEncrypted: return "(This message is encrypted with S/MIME.)\n";
    case Protection::kSmimeSigned:
      return "(This message is signed with S/MIME; its text is within the attachment.)\n";
    case Protection::kNone: break;
  }
  return {};
}

/// Reports in their fields are lines of their own behind a text.
bool stands_apart(const MimePart& part) {
  return part.type.starts_with("message/") || part.type == "text/calendar" ||
         part.type == "text/rfc822-headers";
}

/// An invitation is often sent twice in one mail: as an alternative and as a file.
class SeenTexts {
 public:
  bool is_new(const MimePart& part, const std::string& text) {
    return part.type != "text/calendar" || seen_.insert(text).second;
  }

 private:
  std::unordered_set<std::string> seen_;
};

/// The message's own pictures by their Content-ID, for "cid:" links.
text::OwnImages own_images(const MimeMessage& message) {
  return [&message](std::string_view content_id) -> std::string {
    for (const MimePart& part : message.parts()) {
      if (content_id.empty() || part.content_id != content_id || part.is_text || part.is_message)
        continue;
      std::string octets;
      const Status sent = message.send_part(part.number, [&](std::string_view piece) -> Status {
        if (octets.size() + piece.size() > text::kImageBytesMax)
          return Error(Errc::kLimit, "a picture that is too large");
        octets.append(piece);
        return ok();
      });
      return sent ? text::image_url(octets) : std::string();
    }
    return {};
  };
}

bool looks_like_pdf(const MimePart& part) {
  constexpr std::string_view kEnd = ".pdf";
  const std::string_view name = part.name;
  return part.type == "application/pdf" ||
         (name.size() >= kEnd.size() &&
          equals_ignore_case(name.substr(name.size() - kEnd.size()), kEnd));
}

}  // namespace

std::string body_text(const MimeMessage& message, text::Links links, std::size_t bytes_max) {
  std::string body;
  SeenTexts seen;
  for (const MimePart* const part : parts_to_read(message, "text/plain")) {
    if (body.size() >= bytes_max) break;
    const std::size_t left = bytes_max - body.size();
    if (part->is_message) {
      body += message_heading(message.headers_of(part->number));
    } else if (!part->is_text) {
      body += notice_of(*part);
    } else {
      const std::string text = part->type == "text/html"
                                   ? text_from_html(message, *part, links, left)
                                   : plain_text(message, *part, left);
      if (text.empty() || !seen.is_new(*part, text)) continue;
      if (stands_apart(*part) && !body.empty()) body += "\n";
      body += text;
    }
  }
  return std::string(text::cut_utf8(body, bytes_max));
}

std::string text_behind_stub(const MimeMessage& message, std::string_view body) {
  constexpr std::size_t kStubBytesMax = 2000;
  constexpr std::size_t kTimes = 2;
  constexpr std::size_t kMore = 200;
  std::string behind;
  const std::vector<const MimePart*> read = parts_to_read(message, "text/plain");
  for (const MimePart& part : message.parts()) {
    const bool is_left_out = part.is_text && part.alternative != 0 &&
                             std::find(read.begin(), read.end(), &part) == read.end();
    if (!is_left_out || behind.size() >= kBehindStubBytesMax) continue;
    if (part.type == "text/plain") {
      behind += "\n" + plain_text(message, part, kStubBytesMax);
    } else if (part.type == "text/html" && body.size() <= kStubBytesMax) {
      const std::string text =
          text_from_html(message, part, text::Links::kLeftOut, kBehindStubBytesMax - behind.size());
      // "Your program shows no HTML" is all that some mail says in its plain text; a search must
      // find the rest.
      if (text.size() > kTimes * body.size() + kMore) behind += "\n" + text;
    }
  }
  return behind;
}

text::CleanHtml body_html(const MimeMessage& message, std::size_t bytes_max) {
  text::CleanHtml body;
  SeenTexts seen;
  const text::OwnImages images = own_images(message);
  const auto add_plain = [&](const std::string& text) {
    if (!text.empty()) body.html += "<pre>" + text::escape_html(text) + "</pre>\n";
  };
  for (const MimePart* const part : parts_to_read(message, "text/html")) {
    if (body.html.size() >= bytes_max) break;
    const std::size_t left = bytes_max - body.html.size();
    if (part->is_message) {
      body.html += "<hr>";
      add_plain(message_heading(message.headers_of(part->number)));
    } else if (!part->is_text) {
      add_plain(std::string(notice_of(*part)));
    } else if (part->type == "text/html") {
      const auto read = message.text_of(part->number, left);
      const text::CleanHtml clean =
          read ? text::clean_html(*read, left, images) : text::CleanHtml{"", 0};
      body.html += "<div>" + clean.html + "</div>\n";
      body.remote_images += clean.remote_images;
    } else {
      const std::string text = plain_text(message, *part, left);
      if (seen.is_new(*part, text)) add_plain(text);
    }
  }
  return body;
}

std::string attachment_words(const MimeMessage& message, std::size_t bytes_max,
                             std::chrono::milliseconds document_time) {
  const auto end = processor_time() + document_time;
  const text::GoOn go_on = [end] { return processor_time() < end; };
  std::string words;
  for (const MimePart& part : message.parts()) {
    if (part.is_attachment && words.size() < bytes_max) words += part.name + "\n";
  }
  const auto add = [&](const MimePart& part) {
    if (words.size() >= bytes_max) return;
    const std::size_t left = bytes_max - words.size();
    if (text::is_document(part.type, part.name)) {
      if (go_on()) words += text_of_document(message, part, left, go_on) + "\n";
    } else if (part.type.starts_with("text/")) {
      words += part.type == "text/html" ? text_from_html(message, part, text::Links::kLeftOut, left)
                                        : plain_text(message, part, left);
    }
  };
  // PDF files may take all of the time, and come last.
  for (const bool is_pdf : {false, true})
    for (const MimePart& part : message.parts())
      if (part.is_attachment && !part.is_text && !part.is_message && is_pdf == looks_like_pdf(part))
        add(part);
  return std::string(text::cut_utf8(words, bytes_max));
}

}  // namespace restante::archive
