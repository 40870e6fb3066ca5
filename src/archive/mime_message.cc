#include "archive/mime_message.h"

#include <fcntl.h>
#include <gmime/gmime.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "archive/mime_headers.h"
#include "base/ascii.h"
#include "text/charset.h"

namespace restante::archive {
namespace {

constexpr std::uint64_t kHeaderBytesMax = 1U << 20;
constexpr std::size_t kPartsMax = 1000;
constexpr int kDepthMax = 64;
constexpr std::size_t kPieceBytes = 64U << 10;
constexpr const char* kMessage = "message";  // What errors call a file without a name.

struct FreeOptions {
  void operator()(GMimeParserOptions* options) const { g_mime_parser_options_free(options); }
};

void note_warning(gint64 /*offset*/, GMimeParserWarning code, const gchar* /*item*/,
                  gpointer overflow) {
  if (code == GMIME_CRIT_NESTING_OVERFLOW) *static_cast<bool*>(overflow) = true;
}

std::unique_ptr<GMimeParserOptions, FreeOptions> make_options() {
  static const bool initialized = [] {
    g_mime_init();
    return true;
  }();
  static_cast<void>(initialized);
  std::unique_ptr<GMimeParserOptions, FreeOptions> options(g_mime_parser_options_new());
  static const char* fallback[] = {"utf-8", "windows-1252", nullptr};
  g_mime_parser_options_set_fallback_charsets(options.get(), fallback);
  return options;
}

/// How much of a file of `size` bytes GMime may see: a header block without an end would be read
/// into memory whole.
Result<std::uint64_t> readable_bytes(const Descriptor& file, std::uint64_t size,
                                     std::uint64_t bytes_max) {
  std::string buffer(std::min(size, kHeaderBytesMax), '\0');
  RESTANTE_TRY(const std::string_view start, read_some(file, buffer, kMessage));
  const bool ends = start.size() < kHeaderBytesMax ||
                    start.find("\n\n") != std::string_view::npos ||
                    start.find("\n\r\n") != std::string_view::npos;
  return std::min({size, bytes_max, ends ? bytes_max : kHeaderBytesMax});
}

}  // namespace

struct MimeMessage::State {
  std::unique_ptr<GMimeParserOptions, FreeOptions> options;
  Owned<GMimeMessage> message;  // Null: not even the start of one.
  Headers headers;
  std::vector<MimePart> parts;
  std::vector<GMimeObject*> objects;  // Of the parts; the message owns them.
  unsigned alternatives = 0;
  bool whole = true;

  void walk(GMimeObject* object, const MimePart& around, int depth);
  void add_leaf(GMimeObject* object, MimePart part);
  void walk_multipart(GMimeMultipart* multipart, const MimePart& around, int depth);
};

void MimeMessage::State::walk(GMimeObject* object, const MimePart& around, int depth) {
  if (object == nullptr) return;
  if (depth > kDepthMax || parts.size() >= kPartsMax) {
    whole = false;
    return;
  }
  if (GMIME_IS_MULTIPART(object)) {
    walk_multipart(GMIME_MULTIPART(object), around, depth);
    return;
  }
  add_leaf(object, around);
  if (!GMIME_IS_MESSAGE_PART(object)) return;
  GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
  if (inner == nullptr) return;
  MimePart inside = around;
  inside.alternative = 0;
  walk(g_mime_message_get_mime_part(inner), inside, depth + 1);
}

void MimeMessage::State::walk_multipart(GMimeMultipart* multipart, const MimePart& around,
                                        int depth) {
  MimePart inside = around;
  GMimeContentType* const type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
  const bool alternative = g_mime_content_type_is_type(type, "multipart", "alternative") != FALSE;
  if (alternative) inside.alternative = ++alternatives;
  const int count = g_mime_multipart_get_count(multipart);
  for (int i = 0; i < count; ++i) {
    if (alternative) inside.branch = static_cast<unsigned>(i);
    walk(g_mime_multipart_get_part(multipart, i), inside, depth + 1);
  }
}

void MimeMessage::State::add_leaf(GMimeObject* object, MimePart part) {
  part.number = static_cast<unsigned>(parts.size()) + 1;
  GMimeContentType* const type = g_mime_object_get_content_type(object);
  const OwnedText name(g_mime_content_type_get_mime_type(type));
  part.type = to_lower(text_or_empty(name.get()));
  part.charset = text_or_empty(g_mime_content_type_get_parameter(type, "charset"));
  const auto is_parameter = [&](const char* parameter, std::string_view value) {
    const char* const found = g_mime_content_type_get_parameter(type, parameter);
    return found != nullptr && equals_ignore_case(found, value);
  };
  part.is_flowed = is_parameter("format", "flowed");
  part.delete_space = is_parameter("delsp", "yes");
  part.content_id = text_or_empty(g_mime_object_get_content_id(object));
  const char* const disposition = g_mime_object_get_disposition(object);
  const bool attached = disposition != nullptr && equals_ignore_case(disposition, "attachment");
  if (GMIME_IS_PART(object))
    part.name = text_or_empty(g_mime_part_get_filename(GMIME_PART(object)));
  part.is_message = GMIME_IS_MESSAGE_PART(object) != FALSE;
  if (part.is_message) {
    GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner != nullptr) part.name = header(options.get(), inner, "Subject") + ".eml";
  }
  const bool is_text = part.type == "text/plain" || part.type == "text/html";
  part.is_attachment = part.is_message || attached || !part.name.empty() || !is_text;
  parts.push_back(std::move(part));
  objects.push_back(object);
}

MimeMessage::MimeMessage(std::unique_ptr<State> state) : state_(std::move(state)) {}
MimeMessage::MimeMessage(MimeMessage&&) noexcept = default;
MimeMessage& MimeMessage::operator=(MimeMessage&&) noexcept = default;
MimeMessage::~MimeMessage() = default;

Result<MimeMessage> MimeMessage::open(const Path& file, std::uint64_t bytes_max) {
  RESTANTE_TRY(Descriptor opened, open_file(file, O_RDONLY));
  return from(std::move(opened), bytes_max);
}

Result<MimeMessage> MimeMessage::from(Descriptor file, std::uint64_t bytes_max) {
  const off_t size = ::lseek(file.number(), 0, SEEK_END);
  if (size < 0 || ::lseek(file.number(), 0, SEEK_SET) != 0) return system_error("lseek", kMessage);
  const auto whole_bytes = static_cast<std::uint64_t>(size);
  RESTANTE_TRY(const std::uint64_t bytes, readable_bytes(file, whole_bytes, bytes_max));
  auto state = std::make_unique<State>();
  state->options = make_options();
  bool overflow = false;
  g_mime_parser_options_set_warning_callback(state->options.get(), note_warning, &overflow);
  const int number = ::fcntl(file.number(), F_DUPFD_CLOEXEC, 0);  // The stream closes its own.
  if (number < 0) return system_error("dup", kMessage);
  const Owned<GMimeStream> stream(
      g_mime_stream_fs_new_with_bounds(number, 0, static_cast<gint64>(bytes)));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  state->message.reset(g_mime_parser_construct_message(parser.get(), state->options.get()));
  g_mime_parser_options_set_warning_callback(state->options.get(), nullptr, nullptr);
  state->whole = bytes == whole_bytes && !overflow && state->message != nullptr;
  if (state->message) {
    state->headers = read_headers(state->options.get(), state->message.get());
    state->walk(g_mime_message_get_mime_part(state->message.get()), MimePart(), 0);
  }
  return MimeMessage(std::move(state));
}

bool MimeMessage::is_whole() const { return state_->whole; }
const Headers& MimeMessage::headers() const { return state_->headers; }
const std::vector<MimePart>& MimeMessage::parts() const { return state_->parts; }

std::vector<std::pair<std::string, std::string>> MimeMessage::all_headers() const {
  std::vector<std::pair<std::string, std::string>> all;
  if (!state_->message) return all;
  GMimeHeaderList* const list = g_mime_object_get_header_list(GMIME_OBJECT(state_->message.get()));
  const int count = g_mime_header_list_get_count(list);
  for (int i = 0; i < count; ++i) {
    GMimeHeader* const one = g_mime_header_list_get_header_at(list, i);
    all.emplace_back(text_or_empty(g_mime_header_get_name(one)),
                     decoded(state_->options.get(), g_mime_header_get_raw_value(one)));
  }
  return all;
}

Headers MimeMessage::headers_of(unsigned number) const {
  if (number == 0 || number > state_->objects.size()) return {};
  GMimeObject* const object = state_->objects[number - 1];
  if (!GMIME_IS_MESSAGE_PART(object)) return {};
  GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
  return inner == nullptr ? Headers() : read_headers(state_->options.get(), inner);
}

namespace {

/// Where a part's octets come from, decoded. Null when it has none.
Owned<GMimeStream> content_of(GMimeObject* object) {
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner == nullptr) return nullptr;
    Owned<GMimeStream> stream(g_mime_stream_mem_new());  // A reader in its jail opens no file.
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, stream.get());
    g_mime_stream_reset(stream.get());
    return stream;
  }
  GMimeDataWrapper* const content =
      GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : nullptr;
  if (content == nullptr) return nullptr;
  GMimeStream* const stream = g_mime_data_wrapper_get_stream(content);
  if (stream == nullptr) return nullptr;
  g_mime_stream_reset(stream);
  Owned<GMimeStream> filtered(g_mime_stream_filter_new(stream));
  const GMimeContentEncoding encoding = g_mime_data_wrapper_get_encoding(content);
  if (encoding == GMIME_CONTENT_ENCODING_BASE64 ||
      encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
      encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
    const Owned<GMimeFilter> decode(g_mime_filter_basic_new(encoding, FALSE));
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered.get()), decode.get());
  }
  return filtered;
}

}  // namespace

Status MimeMessage::send_part(unsigned number, const OctetSink& sink) const {
  if (number == 0 || number > state_->objects.size())
    return Error(Errc::kNotFound, "no part " + std::to_string(number));
  const Owned<GMimeStream> content = content_of(state_->objects[number - 1]);
  if (!content) return ok();
  std::string buffer(kPieceBytes, '\0');
  for (;;) {
    const ssize_t count = g_mime_stream_read(content.get(), buffer.data(), buffer.size());
    if (count < 0) return Error(Errc::kIo, "reading part " + std::to_string(number));
    if (count == 0) return ok();
    RESTANTE_CHECKED(sink(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
  }
}

Result<std::string> MimeMessage::text_of(unsigned number, std::size_t bytes_max) const {
  std::string octets;
  const Error enough(Errc::kLimit, "");
  const Status sent = send_part(number, [&](std::string_view piece) -> Status {
    octets.append(piece.substr(0, bytes_max - octets.size()));
    if (octets.size() >= bytes_max) return enough;
    return ok();
  });
  if (!sent && sent.error().code != Errc::kLimit) return sent.error();
  return text::to_utf8(octets, state_->parts[number - 1].charset);
}

std::string decoded_field(std::string_view value) {
  const auto options = make_options();
  return decoded(options.get(), std::string(value).c_str());
}

}  // namespace restante::archive
