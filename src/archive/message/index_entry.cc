#include "archive/message/index_entry.h"

#include <utility>

#include "archive/message/header_words.h"
#include "archive/message/message_text.h"
#include "text/charsets/charset.h"
#include "text/words.h"

namespace restante::archive {
namespace {

constexpr std::size_t kHeaderTextBytesMax = 16U << 10;

}  // namespace

std::string header_text(std::string_view field) {
  return text::without_controls(std::string(text::cut_utf8(field, kHeaderTextBytesMax)));
}

IndexEntry read_entry(Descriptor file, std::chrono::milliseconds document_time) {
  IndexEntry entry;
  const auto message = MimeMessage::from(std::move(file), kIndexedFileBytesMax);
  if (!message) return entry;
  entry.is_whole = message->is_whole();
  entry.headers = message->headers();
  std::string body = body_text(*message, text::Links::kLeftOut, kIndexedTextBytesMax);
  body += text_behind_stub(*message, body);
  entry.body = text::without_controls(std::move(body));
  entry.body += header_lines(*message);
  entry.attachments =
      text::without_controls(attachment_words(*message, kIndexedTextBytesMax, document_time));
  entry.attachments += file_name_lines(*message);
  for (const MimePart& part : message->parts()) {
    if (!part.is_attachment) continue;
    entry.has_file = entry.has_file || part.is_file;
    entry.list.push_back({part.number, part.name, part.type, message->size_of(part.number)});
  }
  return entry;
}

}  // namespace restante::archive
