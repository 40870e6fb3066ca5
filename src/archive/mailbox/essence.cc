#include "archive/mailbox/essence.h"

#include <algorithm>

#include "archive/mailbox/stored_message.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

// A header that is longer than this is taken for one that does not end.
// No mail has it, and it is kept in memory until its end.
constexpr std::size_t kHeaderBytesMax = 1U << 20;
constexpr std::size_t kSumDigits = 32;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  // Blanks around a field differ between what two servers have made of one message.
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The first field of that name, folded as it stands; empty: there is none.
std::string_view field(std::string_view header, std::string_view name) {
  for (std::size_t at = 0; at < header.size();) {
    std::size_t end = header.find("\r\n", at);
    // Lines that begin with a blank go on.
    while (end != std::string_view::npos && end + 2 < header.size() &&
           (header[end + 2] == ' ' || header[end + 2] == '\t')) {
      end = header.find("\r\n", end + 2);
    }
    const std::string_view line = header.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equals_ignore_case(trimmed(line.substr(0, colon)), name))
      return trimmed(line.substr(colon + 1));
    if (end == std::string_view::npos) break;
    at = end + 2;
  }
  return {};
}

}  // namespace

void EssenceReader::feed(std::string_view octets) {
  // A header without an end has no body to tell.
  if (failed_) return;
  if (in_body_) {
    told_ = told_ || !octets.empty();
    sum_.update(octets);
    return;
  }
  // The end may be cut in two by the pieces; an empty header is its empty line alone.
  const std::size_t seen = header_.size() - std::min(header_.size(), kHeaderEnd.size() - 1);
  header_ += octets;
  std::size_t body = std::string::npos;
  if (header_.starts_with("\r\n")) {
    body = 2;
  } else if (const std::size_t end = header_.find(kHeaderEnd, seen); end != std::string::npos) {
    body = end + kHeaderEnd.size();
  }
  if (body == std::string::npos) {
    failed_ = header_.size() > kHeaderBytesMax;
    return;
  }
  const std::string rest = header_.substr(body);
  header_.resize(body);
  begin_body();
  feed(rest);
}

void EssenceReader::begin_body() {
  in_body_ = true;
  // With an empty line of a bare LF the header would end in the body, or never, and bodies that
  // differ would count as one.
  for (std::size_t lf = header_.find('\n'); lf != header_.npos; lf = header_.find('\n', lf + 1))
    failed_ = failed_ || lf == 0 || header_[lf - 1] != '\r';
  if (failed_) return header_.clear();
  // With an id the other fields do not count: lists and servers rewrite them.
  const std::string_view id = field(header_, "Message-ID");
  essence_.has_message_id = !id.empty();
  essence_.has_trace = !field(header_, "Received").empty();
  if (essence_.has_message_id) {
    told_ = true;
    sum_.update(id);
  } else {
    // Without one these three are what servers leave alone.
    for (const char* const name : {"Date", "From", "Subject"}) {
      const std::string_view text = field(header_, name);
      told_ = told_ || !text.empty();
      sum_.update("\n");
      sum_.update(text);
    }
  }
  sum_.update("\r\n\r\n");
  header_.clear();
}

Essence EssenceReader::finish() {
  if (!failed_ && !in_body_) begin_body();
  // Half of the digest is enough to tell messages of one account apart, and is kept for each.
  if (!failed_ && told_) essence_.sum = sum_.finish().substr(0, kSumDigits);
  return essence_;
}

Result<Essence> essence_of(const Path& file, std::string_view sha256) {
  // A damaged file is not the message that was received.
  RESTANTE_TRY(const Judged judged, judge_file(file, sha256));
  if (judged.damaged) return Error(Errc::kCorrupt, file.string() + ": damaged");
  EssenceReader reader;
  RESTANTE_CHECKED(send_received(file, judged.form, [&](std::string_view octets) {
    reader.feed(octets);
    return ok();
  }));
  return reader.finish();
}

}  // namespace restante::archive
