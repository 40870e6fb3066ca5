#include "pop3/client_body.h"

#include <algorithm>
#include <utility>

namespace restante::pop3 {
namespace {

// More than any server's line of LIST or UIDL; the server chooses how long they are.
constexpr std::size_t kListingLineBytesMax = 4096;
constexpr std::string_view kCrlf = "\r\n";

}  // namespace

std::string_view BodyReader::next(std::string_view& input) {
  while (!input.empty() && state_ != State::kDone && state_ != State::kLfDotLine) {
    if (state_ == State::kText || state_ == State::kAfterCr) return next_text(input);
    if (state_ == State::kAfterLf || state_ == State::kLfDot || state_ == State::kLfDotCr) {
      const std::string_view piece = next_after_lf(input);
      if (piece.empty()) continue;
      return piece;
    }
    // Only here: elsewhere a CR that is no line's end is text like any other.
    if (state_ == State::kDotCr && input.front() != '\n') {
      state_ = State::kAfterCr;  // The dot was stuffing, and its line begins with the CR.
      return kCrlf.substr(0, 1);
    }
    if (!take_dot(input)) state_ = State::kText;
  }
  return {};
}

/// At a line's start, up to where it is clear whether this is the final dot. False: it is a line of
/// text, whose stuffing is taken.
bool BodyReader::take_dot(std::string_view& input) {
  const char c = input.front();
  if (state_ == State::kLineStart && c == '.') {
    state_ = State::kDot;
  } else if (state_ == State::kDot && c == '\r') {
    state_ = State::kDotCr;
  } else if (state_ == State::kDotCr || (state_ == State::kDot && bare_lf_ && c == '\n')) {
    state_ = State::kDone;
  } else {
    return false;
  }
  input.remove_prefix(1);
  return true;
}

std::string_view BodyReader::next_text(std::string_view& input) {
  std::size_t from = 0;
  for (;;) {
    const std::size_t lf = input.find('\n', from);
    if (lf == input.npos) break;
    if (bare_lf_) return next_line_end(input, lf);
    // A CR may be the last octet of the piece before.
    const bool is_end = lf == 0 ? state_ == State::kAfterCr : input[lf - 1] == '\r';
    from = lf + 1;
    // Most line ends are followed by no dot, and then the whole stretch goes out as one piece: a
    // copy for each line would cost more than the search.
    if ((!is_end && !asks_) || (from < input.size() && input[from] != '.')) continue;
    const std::string_view piece = input.substr(0, from);
    input.remove_prefix(from);
    state_ = is_end ? State::kLineStart : State::kAfterLf;
    return piece;
  }
  const std::string_view piece = input;
  // Whether this CR ends the line is told by the next piece.
  state_ = piece.ends_with('\r') ? State::kAfterCr : State::kText;
  input = {};
  return piece;
}

/// Behind a bare LF: takes what may be a final dot, and gives it out when it is none.
std::string_view BodyReader::next_after_lf(std::string_view& input) {
  const char c = input.front();
  constexpr std::string_view kDotCrlf = ".\r\n";
  if (state_ == State::kAfterLf && c == '.') {
    state_ = State::kLfDot;
  } else if (state_ == State::kLfDot && c == '\r') {
    state_ = State::kLfDotCr;
  } else if (state_ == State::kLfDotCr && c == '\n') {
    state_ = State::kLfDotLine;
  } else {
    // A bare LF, a dot and CRLF: some servers end a message so, others have it in the middle of
    // one. The caller decides, and until then it is kept back.
    const State before = std::exchange(state_, State::kText);
    if (before == State::kLfDot) return kDotCrlf.substr(0, 1);
    if (before == State::kAfterLf) return {};
    state_ = State::kAfterCr;
    return kDotCrlf.substr(0, 2);
  }
  input.remove_prefix(1);
  return {};
}

std::string_view BodyReader::keep_lf_dot() {
  state_ = State::kLineStart;
  return ".\r\n";
}

/// Of a server that ends its lines in LF: the text up to `lf`, and next time the line's end.
std::string_view BodyReader::next_line_end(std::string_view& input, std::size_t lf) {
  const bool has_cr = lf == 0 ? state_ == State::kAfterCr : input[lf - 1] == '\r';
  const std::string_view piece = input.substr(0, has_cr ? lf + 1 : lf);
  // The line's end is made CRLF, and has to be given out on its own: a piece is a view of the
  // input.
  if (!piece.empty() && !has_cr) {
    input.remove_prefix(lf);
    state_ = State::kText;
    return piece;
  }
  input.remove_prefix(lf + 1);
  state_ = State::kLineStart;
  return has_cr ? piece : kCrlf;
}

void ListingLines::keep(std::string_view text) {
  // What is longer is cut and not refused: the number in front tells which message it is.
  kept_.append(text.substr(0, kListingLineBytesMax - kept_.size()));
}

void ListingLines::feed(std::string_view piece, const OnLine& on_line) {
  while (!piece.empty()) {
    const std::size_t lf = piece.find('\n');
    std::string_view text = piece.substr(0, lf == piece.npos ? lf : lf + 1);
    piece.remove_prefix(text.size());
    const bool is_end = lf != piece.npos && (lf == 0 ? after_cr_ : text[lf - 1] == '\r');
    // The CR was held back as a part of a line's end, and is none.
    if (after_cr_ && text != "\n") keep("\r");
    after_cr_ = text.ends_with('\r');
    if (is_end) text.remove_suffix(std::min<std::size_t>(text.size(), 2));
    if (after_cr_) text.remove_suffix(1);
    // Whole in this piece, as nearly all are: no copy.
    if (is_end && kept_.empty()) {
      on_line(text.substr(0, kListingLineBytesMax));
      continue;
    }
    keep(text);
    if (!is_end) continue;
    on_line(kept_);
    kept_.clear();
  }
}

}  // namespace restante::pop3
