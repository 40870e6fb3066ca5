#include "archive/message/mime_message.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "archive/mailbox/mapped_file.h"
#include "archive/message/mime_headers.h"
#include "archive/message/part_list.h"
#include "mime/decoded_words.h"
#include "mime/structure.h"
#include "mime/utf16.h"
#include "text/charsets/charset.h"
#include "text/html/html_charset.h"

namespace restante::archive {
namespace {

constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kUtf16BytesMax = 64U << 20;  // It is made anew in memory.

/// As decoded text a field's name is as good as any.
std::string shown_name(std::string_view name) {
  return text::mend_utf8(name.substr(0, mime::kFieldBytesMax));
}

}  // namespace

struct MimeMessage::State {
  MappedFile file;
  std::string converted;  // Of a file in UTF-16.
  mime::Structure structure;
  PartList list;
  Headers headers;
  bool is_whole = true;

  void read();
};

void MimeMessage::State::read() {
  std::string_view octets = file.octets();
  is_whole = !file.is_cut();
  if (mime::is_utf16(octets)) {
    is_whole = is_whole && octets.size() <= kUtf16BytesMax;
    // Some programs save a message so, header and all; no boundary would be found in it.
    converted = mime::from_utf16(octets.substr(0, kUtf16BytesMax));
    octets = converted;
  }
  structure = mime::read_structure(octets);
  is_whole = is_whole && structure.is_whole;
  list = list_parts(structure);
  headers = read_headers(structure.nodes.front().header, charset_around(structure, 0));
}

MimeMessage::MimeMessage(std::unique_ptr<State> state) : state_(std::move(state)) {}
MimeMessage::MimeMessage(MimeMessage&&) noexcept = default;
MimeMessage& MimeMessage::operator=(MimeMessage&&) noexcept = default;
MimeMessage::~MimeMessage() = default;

Result<MimeMessage> MimeMessage::open(const Path& file, std::uint64_t bytes_max) {
  RESTANTE_TRY(Descriptor opened, open_file(file, O_RDONLY));
  auto message = from(std::move(opened), bytes_max);
  if (!message) return Error(message.error().code, file.string() + ": " + message.error().detail);
  return message;
}

Result<MimeMessage> MimeMessage::from(Descriptor file, std::uint64_t bytes_max) {
  auto state = std::make_unique<State>();
  RESTANTE_TRY(MappedFile mapped, MappedFile::of(file, bytes_max));
  state->file = std::move(mapped);
  state->read();
  return MimeMessage(std::move(state));
}

bool MimeMessage::is_whole() const { return state_->is_whole; }
const Headers& MimeMessage::headers() const { return state_->headers; }
const std::vector<MimePart>& MimeMessage::parts() const { return state_->list.parts; }
const std::vector<AlternativeGroup>& MimeMessage::alternatives() const {
  return state_->list.alternatives;
}

std::vector<std::pair<std::string, std::string>> MimeMessage::all_headers() const {
  std::vector<std::pair<std::string, std::string>> all;
  const std::string_view charset = charset_around(state_->structure, 0);
  for (const mime::Field& field : state_->structure.nodes.front().header.fields)
    all.emplace_back(shown_name(field.name), mime::decode_text(field.raw, charset));
  return all;
}

Headers MimeMessage::headers_of(unsigned number) const {
  if (number == 0 || number > state_->list.parts.size()) return {};
  const std::size_t node = state_->list.contents[number - 1].node;
  if (node == mime::Node::kNone) return {};
  const mime::Node* const inner = state_->structure.inside(node);
  if (inner == nullptr) return {};
  return read_headers(inner->header, charset_around(state_->structure, node + 1));
}

Status MimeMessage::send_part(unsigned number, const OctetSink& sink) const {
  if (number == 0 || number > state_->list.parts.size())
    return Error(Errc::kNotFound, "no part " + std::to_string(number));
  const PartContent& content = state_->list.contents[number - 1];
  const auto decoder = mime::make_decoder(content.encoding, content.footer);
  std::string decoded;
  for (std::string_view left = content.raw; !left.empty();) {
    decoder->feed(left.substr(0, kPieceBytes), decoded);
    left.remove_prefix(std::min(left.size(), kPieceBytes));
    if (left.empty()) decoder->finish(decoded);
    if (!decoded.empty()) RESTANTE_CHECKED(sink(decoded));
    decoded.clear();
  }
  return ok();
}

std::uint64_t MimeMessage::size_of(unsigned number) const {
  std::uint64_t size = 0;
  static_cast<void>(send_part(number, [&](std::string_view piece) {
    size += piece.size();
    return ok();
  }));
  return size;
}

Result<std::string> MimeMessage::text_of(unsigned number, std::size_t bytes_max) const {
  std::string octets;
  const Error enough(Errc::kLimit, "");
  const Status sent = send_part(number, [&](std::string_view piece) -> Status {
    octets.append(piece.substr(0, bytes_max - octets.size()));
    if (octets.size() >= bytes_max) return enough;
    return ok();
  });
  // The limit is ours, and ends the reading: a part of gigabytes is not decoded for its beginning.
  if (!sent && sent.error().code != Errc::kLimit) return sent.error();
  const MimePart& part = state_->list.parts[number - 1];
  return part.type == "text/html" ? text::html_to_utf8(octets, part.charset)
                                  : text::to_utf8(octets, part.charset);
}

}  // namespace restante::archive
