#include "mime/quoted_printable_decoder.h"

namespace restante::mime {
namespace {

constexpr std::size_t kBlanksMax = 1000;  // More than these at the end of a line are text.

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void QuotedPrintableDecoder::feed(std::string_view octets, std::string& out) {
  for (const char c : octets) take(c, out);
}

void QuotedPrintableDecoder::release(std::string& out) {
  out.append(kept_);
  kept_.clear();
}

void QuotedPrintableDecoder::take(char c, std::string& out) {
  if (kept_.ends_with('\r')) {  // Of "=\r" or " \r".
    const bool is_soft = kept_.front() == '=';
    const bool is_second = kept_.ends_with("\r\r");
    if (c == '\r' && is_soft && !is_second) {
      kept_ += c;  // "=\r\r\n" is one line end; without LF the second CR is a line of its own.
      return;
    }
    kept_.clear();
    if (is_second && c != '\n') out += '\r';
    if (c == '\n' || is_soft) {
      if (!is_soft) out.append("\r\n");
      if (c == '\n') return;
    } else {
      out += '\r';
    }
    return take(c, out);
  }
  if (kept_.empty()) {
    if (c == '=' || is_space(c)) {
      kept_ += c;
    } else {
      out += c;
    }
    return;
  }
  const bool is_code = kept_.front() == '=';
  if (c == '\r' || (is_space(c) && kept_.size() < kBlanksMax &&
                    (!is_code || kept_.size() == 1 || is_space(kept_.back())))) {
    if (is_code && kept_.size() == 2 && hex_value(kept_.back()) >= 0) release(out);
    kept_ += c;
    return;
  }
  if (c == '\n') {
    const bool is_half = is_code && kept_.size() == 2 && hex_value(kept_.back()) >= 0;
    if (is_half) release(out);
    if (!is_code || is_half) out += '\n';
    kept_.clear();
    return;
  }
  if (is_code && kept_.size() == 1 && hex_value(c) >= 0) {
    kept_ += c;
    return;
  }
  if (is_code && kept_.size() == 2 && hex_value(kept_.back()) >= 0 && hex_value(c) >= 0) {
    out += static_cast<char>((hex_value(kept_.back()) << 4) | hex_value(c));
    kept_.clear();
    return;
  }
  release(out);
  take(c, out);
}

void QuotedPrintableDecoder::finish(std::string& out) {
  // A "=" at the very end is a soft line break; blanks there are nothing.
  if (kept_.size() >= 2 && hex_value(kept_.back()) >= 0) release(out);
  kept_.clear();
}

}  // namespace restante::mime
