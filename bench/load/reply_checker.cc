#include "load/reply_checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.h"

namespace restante::load {
namespace {

constexpr std::string_view kSumHeader = "X-Load-Sum: ";
constexpr std::size_t kLineBytesMax = 1 << 20;

}  // namespace

void ReplyChecker::expect(Expect what) {
  what_ = what;
  in_status_ = true;
  in_body_ = false;
  sum_.clear();
  if (what == Expect::kMessage) body_ = ChecksumStream();
}

ReplyChecker::Outcome ReplyChecker::feed(std::string_view& input) {
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) {
      kept_ += input;
      input = {};
      return kept_.size() > kLineBytesMax ? wrong("a line has no end") : Outcome::kMore;
    }
    std::string_view line = input.substr(0, end + 1);
    input.remove_prefix(end + 1);
    Outcome outcome{};
    if (kept_.empty()) {
      outcome = take_line(line);
    } else {
      kept_ += line;
      outcome = take_line(kept_);
      kept_.clear();
    }
    if (outcome != Outcome::kMore) return outcome;
  }
  return Outcome::kMore;
}

ReplyChecker::Outcome ReplyChecker::take_line(std::string_view line) {
  if (!line.ends_with("\r\n")) return wrong("a line ends without CR");
  if (what_ == Expect::kSmtp2) return take_smtp(line, '2');
  if (what_ == Expect::kSmtp3) return take_smtp(line, '3');
  if (in_status_) return take_status(line);
  octets_ += line.size();
  if (line == ".\r\n") return what_ == Expect::kMessage ? end_message() : Outcome::kWhole;
  if (what_ == Expect::kMessage) take_content(line);
  return Outcome::kMore;
}

ReplyChecker::Outcome ReplyChecker::take_status(std::string_view line) {
  if (!line.starts_with("+OK")) return wrong(fmt::format("not +OK: {}", line.substr(0, 100)));
  in_status_ = false;
  const std::string_view words = line.substr(std::min<std::size_t>(line.size(), 4));
  count_in_status_ = parse_decimal<std::uint32_t>(words.substr(0, words.find(' '))).value_or(0);
  return what_ == Expect::kStatus ? Outcome::kWhole : Outcome::kMore;
}

ReplyChecker::Outcome ReplyChecker::take_smtp(std::string_view line, char wanted) {
  if (line.size() < 5 || line[0] != wanted)
    return wrong(fmt::format("not {}xx: {}", wanted, line.substr(0, 100)));
  return line[3] == '-' ? Outcome::kMore : Outcome::kWhole;
}

void ReplyChecker::take_content(std::string_view line) {
  if (in_body_) {
    body_.update(as_bytes(line));
  } else if (line == "\r\n") {
    in_body_ = true;
  } else if (line.starts_with(kSumHeader)) {
    sum_ = line.substr(kSumHeader.size(), line.size() - kSumHeader.size() - 2);
  }
}

ReplyChecker::Outcome ReplyChecker::end_message() {
  if (sum_.empty()) return wrong("a message without X-Load-Sum");
  if (sum_ != fmt::format("{:016x}", body_.digest()))
    return wrong("a message does not match its checksum");
  return Outcome::kWhole;
}

ReplyChecker::Outcome ReplyChecker::wrong(std::string what) {
  complaint_ = std::move(what);
  return Outcome::kWrong;
}

}  // namespace restante::load
