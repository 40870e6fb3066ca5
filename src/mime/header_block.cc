#include "mime/header_block.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "mime/line_scan.h"

namespace restante::mime {
namespace {

// How far is looked for a field that is surely one.
constexpr std::size_t kLinesAheadMax = 100;

// Names that are no words of a text before a colon. Sorted.
constexpr std::array<std::string_view, 37> kKnown = {"apparently-to",
                                                     "approved",
                                                     "arc-authentication-results",
                                                     "arc-seal",
                                                     "authentication-results",
                                                     "auto-submitted",
                                                     "bcc",
                                                     "cc",
                                                     "comments",
                                                     "date",
                                                     "delivered-to",
                                                     "disposition-notification-to",
                                                     "dkim-signature",
                                                     "domainkey-signature",
                                                     "envelope-to",
                                                     "errors-to",
                                                     "feedback-id",
                                                     "from",
                                                     "importance",
                                                     "in-reply-to",
                                                     "message-id",
                                                     "mime-version",
                                                     "newsgroups",
                                                     "organization",
                                                     "precedence",
                                                     "received",
                                                     "references",
                                                     "reply-to",
                                                     "return-path",
                                                     "sender",
                                                     "status",
                                                     "subject",
                                                     "thread-index",
                                                     "thread-topic",
                                                     "to",
                                                     "user-agent",
                                                     "xref"};

bool is_known(std::string_view name) {
  constexpr std::array<std::string_view, 5> kFamilies = {"x-", "content-", "list-", "resent-",
                                                         "arc-"};
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](auto family) { return starts_with_ignore_case(name, family); }) ||
         std::any_of(kKnown.begin(), kKnown.end(),
                     [&](auto known) { return equals_ignore_case(name, known); });
}

/// The name before the colon (RFC 5322 s.3.6.8); nothing: this is no field.
std::optional<std::string_view> name_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view name = trim(line.substr(0, colon));
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(),
                                                    [](char c) { return c > ' ' && c < 0x7f; });
  return is_name ? std::optional(name) : std::nullopt;
}

/// "From : ann@a.example" is a field.
bool is_mbox_line(std::string_view line) {
  const std::size_t behind = line.starts_with(">From ") ? 6 : line.starts_with("From ") ? 5 : 0;
  return behind > 0 && !trim(line.substr(behind)).starts_with(':');
}

class BlockReader {
 public:
  BlockReader(std::string_view text, std::size_t at, char end, Owner owner,
              const IsBoundary& is_boundary)
      : text_(text), at_(at), start_(at), end_(end), owner_(owner), is_boundary_(is_boundary) {}

  HeaderBlock read();

 private:
  void skip_before_first();
  /// False: the block ends with this line, which is not taken.
  bool take(const Line& line);
  void keep(std::string_view name, std::string_view line);
  void extend(const Line& line);
  bool is_text_after_all() const;
  /// Whether a known field stands in the same paragraph, within the next lines behind `at`.
  bool has_known_ahead(std::size_t at, std::size_t lines_max);

  std::string_view text_;
  std::size_t at_;
  std::size_t start_;
  char end_;
  Owner owner_;
  const IsBoundary& is_boundary_;
  HeaderBlock block_;
  std::size_t known_at_ = 0;   // The field ahead that was found last.
  bool after_blank_ = false;   // Blank lines stood before this block.
  bool last_is_kept_ = false;  // Of the fields so far.
  bool has_field_ = false;
  bool has_end_ = false;                // A blank line, as it should be.
  std::optional<std::size_t> junk_at_;  // The first line of no form behind the last field.
};

void BlockReader::skip_before_first() {
  if (owner_ == Owner::kPart) return;
  if (at_ == 0 && text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  while (at_ < text_.size()) {
    const Line line = line_at(text_, at_, end_);
    if (!is_blank_line(line.text) && !is_mbox_line(line.text)) return;
    if (is_boundary_(line.text)) return;
    after_blank_ = after_blank_ || is_blank_line(line.text);
    at_ = line.next;
  }
}

void BlockReader::keep(std::string_view name, std::string_view line) {
  last_is_kept_ = block_.fields.size() < kFieldsMax && at_ - start_ < kHeaderBytesMax;
  if (last_is_kept_) {
    const std::string_view value = trim(line.substr(line.find(':') + 1));
    if (value.size() > kHeaderBytesMax) block_.is_cut = true;
    block_.fields.push_back({name, value.substr(0, kHeaderBytesMax)});
  } else {
    block_.is_cut = true;
  }
}

void BlockReader::extend(const Line& line) {
  if (!last_is_kept_) return;
  std::string_view& raw = block_.fields.back().raw;
  if (raw.empty()) raw = std::string_view(line.text.data(), 0);  // The value begins on this line.
  const char* const end = line.text.data() + line.text.size();
  const auto bytes = static_cast<std::size_t>(end - raw.data());
  raw = std::string_view(raw.data(), std::min(bytes, kHeaderBytesMax));
  if (bytes > kHeaderBytesMax) block_.is_cut = true;
}

/// Linear together: what was passed to find a field is not looked at again before it.
bool BlockReader::has_known_ahead(std::size_t at, std::size_t lines_max) {
  if (at <= known_at_) return true;
  for (std::size_t lines = 0; at < text_.size() && lines < lines_max; ++lines) {
    const Line line = line_at(text_, at, end_);
    if (line.text.empty() || (line.text.starts_with("--") && is_boundary_(line.text))) return false;
    if (const auto name = name_of(line.text); name && is_known(*name)) {
      known_at_ = at;
      return true;
    }
    at = line.next;
  }
  return false;
}

bool BlockReader::take(const Line& line) {
  const bool is_continued = line.text.starts_with(' ') || line.text.starts_with('\t');
  if (is_continued && has_field_) {
    if (!junk_at_) extend(line);
    return true;
  }
  const auto name = name_of(line.text);
  // Behind what is no field, or blank lines, a word with a colon may be text.
  const bool is_doubtful = junk_at_ || (!has_field_ && (is_continued || after_blank_));
  if (name && (!is_doubtful || is_known(*name) || has_known_ahead(line.next, kLinesAheadMax))) {
    junk_at_.reset();
    has_field_ = true;
    keep(*name, line.text);
    return true;
  }
  // A stray line first, such as a server's answer, with a field right behind it.
  if (!has_field_)
    return !name && !after_blank_ && at_ == start_ && owner_ == Owner::kMessage &&
           has_known_ahead(line.next, 1);
  // A copy's mbox line, of the server that it came through.
  const bool is_mbox = line.text.starts_with(">From ");
  if (is_mbox && name_of(line_at(text_, line.next, end_).text)) return true;
  if (!junk_at_) junk_at_ = at_;
  // A text without a blank line before it goes on; a stray line stands alone.
  return name == std::nullopt;
}

/// A part that begins with "Note: …" has text, not a header.
bool BlockReader::is_text_after_all() const {
  return owner_ == Owner::kPart &&
         std::none_of(block_.fields.begin(), block_.fields.end(), [&](const Field& field) {
           return has_end_ ? is_known(field.name) : starts_with_ignore_case(field.name, "content-");
         });
}

HeaderBlock BlockReader::read() {
  skip_before_first();
  while (at_ < text_.size()) {
    const Line line = line_at(text_, at_, end_);
    if (line.text.starts_with("--") && is_boundary_(line.text)) break;
    if (line.text.empty()) {
      has_end_ = !junk_at_;
      if (has_end_) at_ = line.next;
      break;
    }
    if (!take(line)) break;
    at_ = line.next;
  }
  if (!block_.fields.empty() && is_text_after_all()) {
    block_ = {};
    junk_at_.reset();
    at_ = start_;
  }
  block_.body = junk_at_.value_or(at_);
  return std::move(block_);
}

}  // namespace

const Field* HeaderBlock::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return equals_ignore_case(field.name, name);
  });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view HeaderBlock::raw(std::string_view name) const {
  const Field* const found = find(name);
  return found == nullptr ? std::string_view() : found->raw;
}

HeaderBlock read_header_block(std::string_view text, std::size_t at, char end, Owner owner,
                              const IsBoundary& is_boundary) {
  return BlockReader(text, at, end, owner, is_boundary).read();
}

}  // namespace restante::mime
