#include "pop3/line_reader.h"

#include <cstring>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/secret_string.h"

namespace restante::pop3 {
namespace {

constexpr std::string_view kAuthPrefix = "AUTH ";

/// Index behind the first CRLF; npos: there is none. `after_cr`: a CR came before the text.
std::size_t find_line_end(std::string_view text, bool after_cr) {
  if (after_cr && text.starts_with('\n')) return 1;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t lf = text.find('\n', from);
    if (lf == std::string_view::npos) break;
    if (lf > 0 && text[lf - 1] == '\r') return lf + 1;
    from = lf + 1;
  }
  return std::string_view::npos;
}

}  // namespace

Line LineReader::next(std::string_view& input, LineKind kind) {
  if (kept_is_given_out_) reset();
  if (skipping_ && !skip_rest(input)) return {};
  const std::size_t end = find_line_end(input, kept_.ends_with('\r'));
  const bool complete = end != std::string_view::npos;
  const std::size_t bytes = kept_.size() + (complete ? end : input.size());
  const std::size_t limit = limit_for(input, kind);
  if (complete ? bytes > limit : bytes >= limit) return too_long(input, end);
  const std::string_view taken = input.substr(0, end);
  input.remove_prefix(taken.size());
  if (complete && kept_.empty()) return {Line::Status::kComplete, taken.substr(0, end - 2)};
  append_secret(kept_, taken);
  if (!complete) return {};
  kept_is_given_out_ = true;
  return {Line::Status::kComplete, std::string_view(kept_).substr(0, kept_.size() - 2)};
}

void LineReader::reset() {
  wipe(kept_);  // It may have been a password.
  kept_is_given_out_ = false;
  skipping_ = false;
  skipped_cr_ = false;
}

/// True when the end of the line that was too long has been reached.
bool LineReader::skip_rest(std::string_view& input) {
  const std::size_t end = find_line_end(input, skipped_cr_);
  if (end != std::string_view::npos) {
    input.remove_prefix(end);
    reset();
    return true;
  }
  if (!input.empty()) skipped_cr_ = input.ends_with('\r');
  input = {};
  return false;
}

Line LineReader::too_long(std::string_view& input, std::size_t line_end) {
  const bool complete = line_end != std::string_view::npos;
  const bool after_cr = (input.empty() ? std::string_view(kept_) : input).ends_with('\r');
  input.remove_prefix(complete ? line_end : input.size());
  reset();
  skipping_ = !complete;
  skipped_cr_ = after_cr;
  return {Line::Status::kTooLong, {}};
}

std::size_t LineReader::limit_for(std::string_view input, LineKind kind) const {
  if (kind == LineKind::kExchange) return limits::kSaslLineBytesMax;
  if (kept_.size() + input.size() < limits::kPop3LineBytesMax) return limits::kPop3LineBytesMax;
  std::string prefix = kept_.substr(0, kAuthPrefix.size());
  prefix.append(input.substr(0, kAuthPrefix.size() - prefix.size()));
  return equals_ignore_case(prefix, kAuthPrefix) ? limits::kSaslLineBytesMax
                                                 : limits::kPop3LineBytesMax;
}

}  // namespace restante::pop3
