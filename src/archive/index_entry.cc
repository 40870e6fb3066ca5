#include "archive/index_entry.h"

#include <utility>

#include "archive/message_text.h"
#include "text/words.h"

namespace restante::archive {
namespace {

constexpr std::size_t kHeaderWordsBytesMax = 16U << 10;

std::string words_of(std::string_view text, std::size_t bytes_max) {
  std::string words;
  text::append_words(text, words, bytes_max);
  return words;
}

}  // namespace

std::string header_words(std::string_view field) { return words_of(field, kHeaderWordsBytesMax); }

IndexEntry read_entry(Descriptor file) {
  IndexEntry entry;
  const auto message = MimeMessage::from(std::move(file), kIndexedFileBytesMax);
  if (!message) return entry;
  entry.is_whole = message->is_whole();
  entry.headers = message->headers();
  entry.body = words_of(body_text(*message, text::Links::kLeftOut, kIndexedTextBytesMax),
                        kIndexedTextBytesMax);
  entry.attachments =
      words_of(attachment_words(*message, kIndexedTextBytesMax), kIndexedTextBytesMax);
  for (const MimePart& part : message->parts()) {
    if (!part.is_attachment) continue;
    IndexedAttachment attachment{part.number, part.name, part.type, 0};
    static_cast<void>(message->send_part(part.number, [&](std::string_view piece) {
      attachment.size += piece.size();
      return ok();
    }));
    entry.list.push_back(std::move(attachment));
  }
  return entry;
}

}  // namespace restante::archive
