#include "pop3/line_reader.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "base/secret_string.h"

namespace restante::pop3 {
namespace {

constexpr std::string_view kAuthPrefix = "AUTH ";

/// `line` ends in LF.
std::string_view without_line_end(std::string_view line) {
  line.remove_suffix(1);
  // A bare LF ends a line, too: some clients in scripts send it, and nothing else can be meant by
  // it.
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Line LineReader::next(std::string_view& input, LineKind kind) {
  if (kept_is_given_out_) reset();
  if (skipping_ && !skip_rest(input)) return {};
  const std::size_t lf = input.find('\n');
  const bool complete = lf != std::string_view::npos;
  const std::string_view taken = input.substr(0, complete ? lf + 1 : input.size());
  const std::size_t bytes = kept_.size() + taken.size();
  const std::size_t limit = limit_for(input, kind);
  input.remove_prefix(taken.size());
  // A line that has come to its limit without an end is refused now: its end may never come.
  if (complete ? bytes > limit : bytes >= limit) {
    reset();
    skipping_ = !complete;
    return {Line::Status::kTooLong, {}};
  }
  // Whole in the input, as nearly all are: no copy, and no password that is kept.
  if (complete && kept_.empty()) return {Line::Status::kComplete, without_line_end(taken)};
  append_secret(kept_, taken);
  if (!complete) return {};
  kept_is_given_out_ = true;
  return {Line::Status::kComplete, without_line_end(kept_)};
}

void LineReader::reset() {
  wipe(kept_);  // It may have been a password.
  kept_is_given_out_ = false;
  skipping_ = false;
}

/// True when the end of the line that was too long has been reached.
bool LineReader::skip_rest(std::string_view& input) {
  const std::size_t lf = input.find('\n');
  skipping_ = lf == std::string_view::npos;
  input.remove_prefix(skipping_ ? input.size() : lf + 1);
  return !skipping_;
}

std::size_t LineReader::limit_for(std::string_view input, LineKind kind) const {
  if (kind == LineKind::kExchange) return limits::kSaslLineBytesMax;
  if (kept_.size() + input.size() < limits::kPop3LineBytesMax) return limits::kPop3LineBytesMax;
  // The verb may have come in another piece.
  std::string prefix = kept_.substr(0, kAuthPrefix.size());
  prefix.append(input.substr(0, kAuthPrefix.size() - prefix.size()));
  return equals_ignore_case(prefix, kAuthPrefix) ? limits::kSaslLineBytesMax
                                                 : limits::kPop3LineBytesMax;
}

}  // namespace restante::pop3
