#include "smtp/line_tracker.h"

namespace restante::smtp {
namespace {

/// The octets that are looked at together: enough for vector instructions to pay, and few to look
/// at twice where a line among them needs a closer look.
constexpr std::size_t kBlockBytes = 256;

/// Every CR has its LF and every LF its CR, and no line of these octets, the next one included,
/// begins with a dot. One octet more than the block is read.
bool is_ordinary(const char* block) {
  unsigned char odd = 0;
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    const bool lf = block[i] == '\n';
    const bool half = (block[i] == '\r') != (block[i + 1] == '\n');
    const bool dot = lf && block[i + 1] == '.';
    odd = static_cast<unsigned char>(odd | (half ? 1U : 0U) | (dot ? 1U : 0U));
  }
  return odd == 0;
}

}  // namespace

// Nearly all mail is ordinary: a search for each CR and each LF would cost twice as much.
std::size_t LineTracker::walk_blocks(std::string_view text, std::size_t at) {
  while (text.size() - at > kBlockBytes && (text[at] == '\n') == after_cr_ &&
         is_ordinary(text.data() + at)) {
    at += kBlockBytes;
    at_line_start_ = text[at - 1] == '\n';
    after_cr_ = text[at - 1] == '\r';
  }
  return at;
}

std::size_t LineTracker::walk(std::string_view text, std::size_t at) {
  if (const std::size_t far = walk_blocks(text, at); far != at) return far;
  const std::size_t lf = text.find('\n', at);
  const bool has_lf = lf != std::string_view::npos;
  const std::string_view line = text.substr(at, has_lf ? lf - at : std::string_view::npos);
  if (after_cr_ && !line.empty()) bare_newline_ = true;
  const std::size_t cr = line.find('\r');
  if (cr != std::string_view::npos && cr + 1 < line.size()) bare_newline_ = true;
  const bool ends_in_cr = line.empty() ? after_cr_ : line.back() == '\r';
  if (has_lf && !ends_in_cr) bare_newline_ = true;
  at_line_start_ = has_lf && ends_in_cr;
  after_cr_ = !has_lf && ends_in_cr;
  return has_lf ? lf + 1 : text.size();
}

void LineTracker::saw_cr() {
  bare_newline_ = bare_newline_ || after_cr_;
  after_cr_ = true;
  at_line_start_ = false;
}

}  // namespace restante::smtp
