#include "archive/mailbox/message_outline.h"

#include <algorithm>

#include "mail/header_fields.h"

namespace restante::archive {
namespace {

// Quoting and line ends change the size by less; a list's footer is longer.
constexpr std::uint64_t kSlackOctets = 64;
// One in 128: quoted-printable that was wrapped anew, or a line that a scanner has added.
constexpr std::uint64_t kSlackShare = 128;

bool is_near(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t difference = a > b ? a - b : b - a;
  return difference <= kSlackOctets + std::min(a, b) / kSlackShare;
}

}  // namespace

void OutlineReader::feed_header(char c) {
  if (c == '\n' && last_ == '\r' && !header_.empty()) header_.pop_back();
  last_ = c;
  if (c == '\n' && (header_.empty() || header_.back() == '\n')) {
    in_body_ = true;
    last_ = '\0';
    return;
  }
  // A header beyond the bound still ends in the empty line.
  // The last octet is replaced, so that the empty line is seen and no more is kept.
  if (header_.size() >= kHeaderBytesMax) header_.pop_back();
  header_ += c;
}

void OutlineReader::feed(std::string_view octets) {
  while (!in_body_ && !octets.empty()) {
    feed_header(octets.front());
    octets.remove_prefix(1);
  }
  for (const char c : octets) {
    ++body_octets_;
    if (c == '\n') {
      ++body_lines_;
      // Counted as a server counts, with CRLF.
      if (last_ != '\r') ++body_octets_;
    }
    last_ = c;
  }
}

Outline OutlineReader::finish() const {
  return {mail::header_field(header_, "Message-ID"), mail::header_field(header_, "Date"),
          body_octets_, body_lines_};
}

bool is_plausible(std::uint64_t body_on_server, const Outline& outline) {
  return is_near(body_on_server, outline.body_octets) ||
         // Some servers count LF alone.
         is_near(body_on_server, outline.body_octets - outline.body_lines);
}

}  // namespace restante::archive
