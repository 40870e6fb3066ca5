#include "smtp/parameters.h"

#include <algorithm>
#include <limits>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/numbers.h"
#include "mail/xtext.h"

namespace restante::smtp {
namespace {

using mail::Grammar;

tl::unexpected<Reply> refuse(Reply reply) { return tl::unexpected<Reply>(reply); }

bool all_digits(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), is_digit);
}

// The next word of `text`, taken off its front with the blanks before it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

// Takes "FROM:" or "TO:" off the front.
bool take_prefix(std::string_view& text, std::string_view name, Grammar grammar) {
  if (!starts_with_ignore_case(text, name)) return false;
  std::string_view rest = text.substr(name.size());
  if (grammar == Grammar::kTolerant) rest = trim(rest);
  if (!rest.starts_with(':')) return false;
  text = trim(rest.substr(1));
  return true;
}

// In a strict dialogue a client that leaves the brackets out is told the form.
bool lacks_bracket(std::string_view path, Grammar grammar) {
  return grammar == Grammar::kStrict && !path.empty() && path.front() != '<';
}

// RFC 1870 s.3: one to twenty digits. More than fits is too large for everybody.
bool read_size(std::string_view value, MailArgument& mail) {
  constexpr std::size_t kDigitsMax = 20;
  if (!all_digits(value) || value.size() > kDigitsMax) return false;
  value.remove_prefix(std::min(value.find_first_not_of('0'), value.size() - 1));
  mail.declared_bytes =
      parse_decimal<std::uint64_t>(value).value_or(std::numeric_limits<std::uint64_t>::max());
  return true;
}

constexpr std::string_view kUidParameter = "XUID=";

bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= limits::kUidBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

struct Seen {
  bool size = false;
  bool body = false;
  bool smtputf8 = false;
};

// One MAIL parameter; each may stand once.
Parsed<bool> read_parameter(std::string_view word, Seen& seen, MailArgument& mail,
                            Grammar grammar) {
  const auto equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? word.substr(equals + 1) : std::string_view();
  if (equals_ignore_case(name, "SIZE")) {
    // Some devices announce a size and then do not know it.
    const bool unknown = grammar == Grammar::kTolerant && value.empty();
    if (std::exchange(seen.size, true) || !(unknown || read_size(value, mail)))
      return refuse(Reply::kBadParameter);
    return true;
  }
  if (equals_ignore_case(name, "BODY")) {
    const bool known = equals_ignore_case(value, "7BIT") || equals_ignore_case(value, "8BITMIME");
    if (std::exchange(seen.body, true) || !known) return refuse(Reply::kBadParameter);
    return true;
  }
  if (equals_ignore_case(name, "SMTPUTF8")) {
    if (std::exchange(seen.smtputf8, true) || has_value) return refuse(Reply::kBadParameter);
    mail.smtputf8 = true;
    return true;
  }
  return refuse(Reply::kUnknownParameter);
}

}  // namespace

Parsed<MailArgument> parse_mail(std::string_view argument, Grammar grammar) {
  if (!take_prefix(argument, "FROM", grammar) || lacks_bracket(argument, grammar))
    return refuse(Reply::kBadMailSyntax);
  auto sender = mail::take_reverse_path(argument, grammar);
  if (!sender) return refuse(Reply::kBadSender);
  MailArgument mail;
  mail.sender = std::move(*sender);
  Seen seen;
  for (auto word = take_word(argument); !word.empty(); word = take_word(argument))
    if (const auto read = read_parameter(word, seen, mail, grammar); !read)
      return refuse(read.error());
  if (mail.sender.non_ascii && !mail.smtputf8) return refuse(Reply::kNonAsciiAddress);
  return mail;
}

Parsed<RcptArgument> parse_rcpt(std::string_view argument, bool smtputf8, Grammar grammar) {
  if (!take_prefix(argument, "TO", grammar) || lacks_bracket(argument, grammar))
    return refuse(Reply::kBadRcptSyntax);
  auto recipient = mail::take_forward_path(argument, grammar);
  if (!recipient) return refuse(Reply::kBadRecipient);
  RcptArgument out;
  for (auto word = take_word(argument); !word.empty(); word = take_word(argument)) {
    if (!starts_with_ignore_case(word, kUidParameter)) return refuse(Reply::kUnknownParameter);
    const auto uid = mail::decode_xtext(word.substr(kUidParameter.size()));
    if (!out.uid.empty() || !uid || !is_uid(*uid)) return refuse(Reply::kBadParameter);
    out.uid = *uid;
  }
  if (recipient->non_ascii && !smtputf8) return refuse(Reply::kNonAsciiAddress);
  out.recipient = std::move(*recipient);
  return out;
}

Parsed<ChunkArgument> parse_chunk(std::string_view argument) {
  const std::string_view size = take_word(argument);
  const std::string_view rest = trim(argument);
  if (!all_digits(size) || (!rest.empty() && !equals_ignore_case(rest, "LAST")))
    return refuse(Reply::kBadChunk);
  const auto digits = size.substr(std::min(size.find_first_not_of('0'), size.size() - 1));
  const auto chunk_bytes = parse_decimal<std::uint64_t>(digits);
  if (!chunk_bytes) return refuse(Reply::kBadChunk);
  return ChunkArgument{*chunk_bytes, !rest.empty()};
}

Parsed<std::string> parse_hello(std::string_view argument, Grammar grammar) {
  if (grammar == Grammar::kTolerant)
    return std::string(argument.substr(0, limits::kDomainBytesMax));
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  if (argument.empty() || argument.size() > limits::kDomainBytesMax ||
      !std::all_of(argument.begin(), argument.end(), printable))
    return refuse(Reply::kBadHello);
  return std::string(argument);
}

}  // namespace restante::smtp
