// Any octets as a message's file: what is read of it is well-formed, bounded, and the same twice;
// each part can be read to its end; what is shown of it is no longer than asked for. The bounds of
// parts and headers lie beyond libFuzzer's usual length: tools/dev/build.sh gives it more.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "archive/message/index_entry.h"
#include "archive/message/message_text.h"
#include "archive/message/mime_message.h"
#include "base/ascii.h"
#include "base/check.h"
#include "mime/structure.h"

namespace {

namespace archive = restante::archive;

constexpr std::size_t kTextMax = 4096;
constexpr std::chrono::seconds kDocumentTime{1};

/// The octets as a file in memory, which is the same one each time: no name is left behind.
archive::Path put(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("message", MFD_CLOEXEC);
  RESTANTE_CHECK(file >= 0 && ::ftruncate(file, 0) == 0);
  RESTANTE_CHECK(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  return "/proc/self/fd/" + std::to_string(file);
}

void check_headers(const archive::Headers& headers) {
  for (const std::string* const text :
       {&headers.subject, &headers.from, &headers.to, &headers.cc, &headers.message_id})
    RESTANTE_CHECK(restante::is_utf8(*text));
  RESTANTE_CHECK(headers.subject.find('\n') == std::string::npos);
  RESTANTE_CHECK(headers.references.size() <= 100);
}

/// How many octets the part has.
std::uint64_t read_part(const archive::MimeMessage& message, const archive::MimePart& part) {
  for (const std::string* const text : {&part.type, &part.name, &part.charset, &part.content_id})
    RESTANTE_CHECK(restante::is_utf8(*text));
  if (part.is_message) check_headers(message.headers_of(part.number));
  std::uint64_t octets = 0;
  RESTANTE_CHECK(message.send_part(part.number, [&](std::string_view piece) {
    octets += piece.size();
    return restante::ok();
  }));
  // A character of another set has at most three bytes of UTF-8 for one of its own, or a mark.
  const auto text = message.text_of(part.number, kTextMax);
  RESTANTE_CHECK(text && restante::is_utf8(*text) && text->size() <= 4 * kTextMax);
  return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // It ends, and its work is linear, however the parts stand in each other.
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  RESTANTE_CHECK(restante::mime::read_structure(octets).work <= 8 * size + 4096);
  const archive::Path file = put(data, size);
  const auto message = archive::MimeMessage::open(file, 1U << 20);
  RESTANTE_CHECK(message.has_value());
  check_headers(message->headers());
  for (const auto& [name, value] : message->all_headers())
    RESTANTE_CHECK(restante::is_utf8(name) && restante::is_utf8(value));
  RESTANTE_CHECK(message->parts().size() <= restante::mime::kPartsMax);
  for (const archive::MimePart& part : message->parts()) {
    // Decoding makes nothing longer, but for a file of UTF-16 (two octets to three).
    RESTANTE_CHECK(read_part(*message, part) <= 2 * size + 3);
  }
  const std::string body = archive::body_text(*message, restante::text::Links::kShown, kTextMax);
  RESTANTE_CHECK(body.size() <= kTextMax && restante::is_utf8(body));
  RESTANTE_CHECK(restante::is_utf8(archive::body_html(*message, kTextMax).html));
  const std::string words = archive::attachment_words(*message, kTextMax, kDocumentTime);
  RESTANTE_CHECK(words.size() <= kTextMax);

  auto opened = archive::open_file(file, O_RDONLY);
  RESTANTE_CHECK(opened.has_value());
  const archive::IndexEntry entry = archive::read_entry(std::move(*opened), kDocumentTime);
  RESTANTE_CHECK(!entry.is_missing && entry.headers.subject == message->headers().subject);
  RESTANTE_CHECK(restante::is_utf8(entry.body) && restante::is_utf8(entry.attachments));
  return 0;
}
