#include "mail/header_scanner.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::mail {
namespace {

constexpr std::string_view kReceived = "received";

}  // namespace

void HeaderScanner::feed(std::string_view wire) {
  while (!ended_ && !wire.empty()) {
    if (line_ != Line::kOther) {
      step(wire.front());
      wire.remove_prefix(1);
      continue;
    }
    const std::string_view rest = wire.substr(0, wire.find('\n'));  // Without the line end.
    const auto high = [](char c) { return !is_ascii(c); };
    has_8bit_ = has_8bit_ || std::any_of(rest.begin(), rest.end(), high);
    wire.remove_prefix(rest.size());
    if (wire.empty()) return;
    wire.remove_prefix(1);
    line_ = Line::kStart;
  }
}

// One octet of a line whose name is not known yet.
void HeaderScanner::step(char c) {
  has_8bit_ = has_8bit_ || !is_ascii(c);
  if (c == '\n') {
    ended_ = (line_ == Line::kStart || line_ == Line::kCr);
    line_ = Line::kStart;
    return;
  }
  if (line_ == Line::kStart && c == '\r') {
    line_ = Line::kCr;
    return;
  }
  if (line_ == Line::kStart) {
    matched_ = 0;
    line_ = Line::kName;
  }
  step_name(c);
}

// Blanks before the colon are old syntax, but mail with them goes around in loops as well
// (RFC 5322 s.4.5).
void HeaderScanner::step_name(char c) {
  if (line_ == Line::kName && to_lower(c) == kReceived[matched_]) {
    if (++matched_ == kReceived.size()) line_ = Line::kNameEnd;
    return;
  }
  if (line_ == Line::kNameEnd && (c == ' ' || c == '\t')) return;
  if (line_ == Line::kNameEnd && c == ':') ++received_count_;
  line_ = Line::kOther;
}

}  // namespace restante::mail
