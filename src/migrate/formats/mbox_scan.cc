#include "migrate/formats/mbox_scan.h"

#include <algorithm>

#include "migrate/formats/digests.h"
#include "migrate/formats/from_line.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

// No program writes a longer "From " line or field of notes; of a longer line the rest is dropped,
// so that a line without end takes no memory.
constexpr std::size_t kLineBytesMax = 16384;
constexpr std::size_t kHeaderBytesMax = 1U << 20;

}  // namespace

std::string_view MboxScan::text() const {
  std::string_view text = line_;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Status MboxScan::write(std::string_view octets) {
  while (!octets.empty()) {
    const std::size_t lf = octets.find('\n');
    const bool ends = lf != std::string_view::npos;
    const std::string_view piece = octets.substr(0, ends ? lf + 1 : octets.size());
    octets.remove_prefix(piece.size());
    offset_ += piece.size();
    line_.append(piece.substr(0, kLineBytesMax - std::min(kLineBytesMax, line_.size())));
    if (ends) RESTANTE_CHECKED(take_line());
  }
  return ok();
}

/// A whole line, or at the end of the file the rest.
Status MboxScan::take_line() {
  const std::uint64_t begin_of_line = line_begin_;
  const bool may_separate = !in_message_ || separator_ == Separator::kForm || empty_bytes_ > 0;
  // What Content-Length covers is the message's own text, even where it looks like a separator.
  if (may_separate && begin_of_line >= counted_to_ && line_.starts_with("From ")) {
    if (const auto arrived = parse_from_line(text())) {
      RESTANTE_CHECKED(begin(*arrived, begin_of_line));
      line_.clear();
      line_begin_ = offset_;
      return ok();
    }
  }
  const bool is_empty = text().empty();
  // A wrong file given by mistake must not become one large message.
  if (!in_message_ && !is_empty)
    return Error(Errc::kSyntax, "no mbox: it does not begin with a \"From \" line");
  if (in_header_) take_header_line();
  empty_bytes_ = is_empty ? offset_ - begin_of_line : 0;
  line_.clear();
  line_begin_ = offset_;
  return ok();
}

Status MboxScan::begin(std::int64_t arrived, std::uint64_t line_begin) {
  if (messages_.size() >= kMessagesMax) return Error(Errc::kLimit, "too many messages");
  if (in_message_) end(line_begin);
  MboxMessage& message = messages_.emplace_back();
  message.begin = message.body = message.end = offset_;
  message.arrived = arrived;
  in_message_ = in_header_ = true;
  header_.clear();
  empty_bytes_ = 0;
  return ok();
}

void MboxScan::take_header_line() {
  if (header_.size() < kHeaderBytesMax) header_ += line_;
  if (!text().empty()) return;
  in_header_ = false;
  MboxMessage& message = messages_.back();
  message.body = offset_;
  message.notes = read_notes(header_);
  // Only a length behind which a message really ends: many files have lengths that are long wrong.
  const auto& length = message.notes.content_length;
  if (length && may_end_at_ && *length <= ~offset_ && may_end_at_(offset_ + *length))
    counted_to_ = offset_ + *length;
}

/// `offset`: of the separator behind it, or of the end of the file.
void MboxScan::end(std::uint64_t offset) {
  MboxMessage& message = messages_.back();
  if (in_header_) {
    message.notes = read_notes(header_);
    message.body = offset;
  }
  message.end = std::max(message.body, offset - empty_bytes_);
  // A message without a body: Dovecot takes the empty line behind its header for the one between
  // messages.
  if (separator_ == Separator::kForm && !in_header_ && message.body == offset)
    message.body = message.end = offset - empty_bytes_;
  // The sum is the id of a message that has no other one. The notes are left out of it: a client
  // that reads the mail changes Status, and the message must not be moved twice for that.
  std::string plain;
  append_without_notes(header_, true, plain);
  plain += std::to_string(message.end - message.body);
  message.sum = sha256_of(plain);
}

Status MboxScan::finish() {
  if (!line_.empty()) RESTANTE_CHECKED(take_line());
  if (in_message_) end(offset_);
  in_message_ = false;
  return ok();
}

}  // namespace restante::migrate
