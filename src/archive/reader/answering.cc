#include "archive/reader/answering.h"

#include <utility>

#include "archive/message/header_value.h"
#include "archive/message/header_words.h"
#include "archive/message/index_entry.h"
#include "archive/message/message_text.h"
#include "archive/reader/wire.h"
#include "documents/pdf_text.h"

namespace restante::archive {
namespace {

Reading read_message(const MimeMessage& message, const Request& request) {
  const Wanted& wanted = request.wanted;
  Reading reading;
  reading.is_whole = message.is_whole();
  reading.headers = message.headers();
  reading.parts = message.parts();
  if (wanted.fields) reading.fields = message.all_headers();
  if (wanted.sizes)
    for (const MimePart& part : reading.parts)
      reading.sizes.push_back(part.is_attachment ? message.size_of(part.number) : 0);
  const text::Links links = wanted.links ? text::Links::kShown : text::Links::kLeftOut;
  if (wanted.text_bytes_max > 0) reading.text = body_text(message, links, wanted.text_bytes_max);
  if (wanted.html_bytes_max > 0) reading.html = body_html(message, wanted.html_bytes_max);
  if (wanted.attached_bytes_max > 0)
    reading.attached = attachment_words(message, wanted.attached_bytes_max, request.document_time);
  if (wanted.index_lines) {
    reading.header_lines = header_lines(message);
    reading.name_lines = file_name_lines(message);
  }
  return reading;
}

}  // namespace

Result<std::string> answer(const Request& request, Descriptor file, const OctetSink& pieces) {
  static_cast<void>(text::take_pdf_missed());  // That of an earlier message.
  switch (request.ask) {
    case Ask::kField: return decoded_value(request.raw);
    case Ask::kDate: return packed(date_value(request.raw));
    case Ask::kEntry: {
      IndexEntry entry = read_entry(std::move(file), request.document_time);
      // One that may still be loaded is asked for (zygote.cc).
      if (text::pdf_module() == text::PdfModule::kMissing)
        entry.lacks_pdf = text::take_pdf_missed();
      return packed(entry);
    }
    case Ask::kReading:
    case Ask::kPart: break;
  }
  RESTANTE_TRY(const MimeMessage message,
               MimeMessage::from(std::move(file), request.wanted.file_bytes_max));
  if (request.ask == Ask::kReading) return packed(read_message(message, request));
  RESTANTE_CHECKED(message.send_part(request.part, pieces));
  return std::string();
}

}  // namespace restante::archive
