#include "mail/untidy_path.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"

namespace restante::mail {
namespace {

constexpr auto kNone = std::string_view::npos;

// An address within the text that it came in.
struct Place {
  std::string_view address;
  std::size_t end = 0;  // Behind it and its brackets.
  bool in_brackets = false;
};

// The first place from `at` on where one of `wanted` stands outside quotes.
std::size_t find_unquoted(std::string_view text, std::string_view wanted, std::size_t at) {
  bool quoted = false;
  for (; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && wanted.find(text[at]) != kNone) {
      return at;
    }
  }
  return kNone;
}

std::size_t count_from(std::string_view text, std::size_t at, char c) {
  return std::min(text.find_first_not_of(c, at), text.size()) - at;
}

// A bracket opens an address at the front, or behind a name and a blank; behind "=" it belongs to a
// parameter (AUTH=<>).
std::size_t find_bracket(std::string_view text) {
  const std::size_t open = find_unquoted(text, "<", 0);
  if (open == kNone || open == 0) return open;
  const char before = text[open - 1];
  return before == ' ' || before == '\t' || before == '"' ? open : kNone;
}

Result<Place> find_place(std::string_view text) {
  Place place;
  const std::size_t open = find_bracket(text);
  if (open == kNone) {
    place.end = std::min(find_unquoted(text, " \t", 0), text.size());
    place.address = text.substr(0, place.end);
    return place;
  }
  // A program that adds brackets to an address with brackets writes them twice.
  const std::size_t depth = count_from(text, open, '<');
  const std::size_t close = find_unquoted(text, ">", open + depth);
  if (close == kNone) return Error(Errc::kSyntax, "no >");
  place.address = trim(text.substr(open + depth, close - open - depth));
  place.end = close + std::min(count_from(text, close, '>'), depth);
  place.in_brackets = true;
  return place;
}

bool is_text(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

// A source route is thrown away unread.
std::string_view without_route(std::string_view address) {
  const std::size_t colon = address.starts_with('@') ? address.find(':') : kNone;
  return colon == kNone ? address : address.substr(colon + 1);
}

// The end of the quoted string that `text` begins with.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t at = 1; text.starts_with('"') && at < text.size(); ++at) {
    if (text[at] == '"') return at;
    if (text[at] == '\\') ++at;
  }
  return kNone;
}

// The local part still has its quotes.
SplitAddress split(std::string_view address) {
  const std::size_t quote = closing_quote(address);
  if (quote == kNone) return split_address(address);
  const std::size_t end = quote + 1;
  if (end == address.size()) return {address, {}};
  if (address[end] != '@') return split_address(address);
  return {address.substr(0, end), address.substr(end + 1)};
}

bool is_quoted(std::string_view local) {
  return !local.empty() && closing_quote(local) == local.size() - 1;
}

bool has_bracket(std::string_view text) { return text.find_first_of("<>") != kNone; }

std::string unquote(std::string_view local) {
  if (!is_quoted(local)) return std::string(local);
  std::string out;
  for (std::size_t at = 1; at + 1 < local.size(); ++at) {
    if (local[at] == '\\') ++at;
    out += local[at];
  }
  return out;
}

Result<Mailbox> read_address(std::string_view address) {
  Mailbox mailbox;
  if (!is_text(address)) return Error(Errc::kSyntax, "characters");
  const SplitAddress parts = split(address);
  mailbox.local = unquote(parts.local);
  mailbox.domain = parts.domain;
  if (mailbox.local.empty() || mailbox.local.front() == '@')
    return Error(Errc::kSyntax, "local part");
  if (has_bracket(parts.domain) || (has_bracket(parts.local) && !is_quoted(parts.local)))
    return Error(Errc::kSyntax, "bracket");
  if (parts.domain.size() > limits::kDomainBytesMax) return Error(Errc::kLimit, "domain");
  mailbox.non_ascii = !std::all_of(address.begin(), address.end(), is_ascii);
  return mailbox;
}

}  // namespace

Result<Mailbox> take_untidy_path(std::string_view& text) {
  RESTANTE_TRY(const Place place, find_place(text));
  Mailbox mailbox;
  if (!place.address.empty()) {
    auto read = read_address(without_route(place.address));
    if (!read) return read;
    mailbox = std::move(*read);
  } else if (!place.in_brackets) {
    return Error(Errc::kSyntax, "no address");
  }
  text.remove_prefix(place.end);
  return mailbox;
}

}  // namespace restante::mail
