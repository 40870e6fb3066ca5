#include "fetch/session/lf_body.h"

#include <utility>

namespace restante::fetch {
namespace {

// Held in memory until its end is known: larger than nearly all mail.
constexpr std::size_t kHeldMax = 32U << 20;

/// Takes away the first of two dots behind each bare LF; `last` came before the text.
std::string without_stuffing(std::string_view text, char last) {
  std::string out;
  out.reserve(text.size());
  // No bare LF came before the text, so an LF there ends a CRLF.
  char before_last = last == '\n' ? '\r' : '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_stuffed = c == '.' && last == '\n' && before_last != '\r' &&
                            i + 1 < text.size() && text[i + 1] == '.';
    if (!is_stuffed) out += c;
    before_last = last;
    last = is_stuffed ? '\0' : c;
  }
  return out;
}

}  // namespace

void LfBody::count(std::string_view piece) {
  std::size_t from = 0;
  while (from < piece.size()) {
    if (at_ != At::kText) {
      const bool dot = piece[from] == '.';
      if (at_ == At::kDot && dot) ++dots_;
      at_ = at_ == At::kBareLf && dot ? At::kDot : At::kText;
      if (dot) {
        last_ = '.';
        ++from;
        continue;
      }
    }
    const std::size_t lf = piece.find('\n', from);
    if (lf == piece.npos) break;
    const char before = lf == 0 ? last_ : piece[lf - 1];
    if (before != '\r') {
      ++bare_lfs_;
      at_ = At::kBareLf;
    }
    from = lf + 1;
  }
  last_ = piece.back();
}

Status LfBody::write(std::string_view piece) {
  if (piece.empty()) return ok();
  octets_ += piece.size();
  const char before = last_;
  count(piece);
  // Nothing to hold back: no bare LF was seen, or too much to wait for it.
  if (gave_up_ || (bare_lfs_ == 0 && !holds_)) return sink_.write(piece);
  if (!std::exchange(holds_, true)) before_held_ = before;
  held_ += piece;
  if (held_.size() <= kHeldMax) return ok();
  gave_up_ = true;
  holds_ = false;
  const std::string held = std::exchange(held_, {});
  return sink_.write(held);
}

bool LfBody::fits(std::optional<std::uint64_t> listed) const {
  return listed && (fits_stuffed(*listed) || fits_plain(*listed));
}

Status LfBody::finish(bool by_lf, std::optional<std::uint64_t> listed) {
  if (!holds_) return ok();
  holds_ = false;
  // LIST's size tells whether the dots were doubled; without one they count as doubled.
  const bool stuffed = by_lf && dots_ > 0 && !(listed && fits_stuffed(*listed));
  std::string held = std::exchange(held_, {});
  if (stuffed) {
    // The piece with the first bare LF is held whole, so none is before it.
    held = without_stuffing(held, before_held_);
    octets_ -= dots_;
  }
  return sink_.write(held);
}

}  // namespace restante::fetch
