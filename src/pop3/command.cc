#include "pop3/command.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::pop3 {
namespace {

constexpr std::size_t kApopDigestDigits = 32;

bool has_line_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(),
                     [](char c) { return c == '\0' || c == '\r' || c == '\n'; });
}

std::string_view without_trailing_spaces(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);  // npos + 1 is 0: all of it is spaces.
}

bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool all_digits(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), is_digit);
}

}  // namespace

std::string_view without_leading_spaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

Result<Command> parse_command(std::string_view line) {
  // A CR in a line that ends in LF would be a line's end for a program that reads our log or a
  // proxy before us.
  if (has_line_control(line)) return Error(Errc::kSyntax, "control character in line");
  const std::size_t space = line.find(' ');
  const std::optional<Verb> verb = find_verb(line.substr(0, space));
  if (!verb) return Error(Errc::kNotFound, "no such command");
  if (space == std::string_view::npos) return Command{*verb, std::nullopt};
  std::string_view rest = line.substr(space + 1);
  // A password may begin or end with spaces (RFC 1939 s.7 takes the rest of the line as it is).
  if (*verb == Verb::kPass) return Command{*verb, rest};
  // Elsewhere many clients send a space too many.
  rest = without_leading_spaces(without_trailing_spaces(rest));
  if (rest.empty()) return Command{*verb, std::nullopt};
  return Command{*verb, rest};
}

Status parse_nothing(const Command& command) {
  if (command.argument) return Error(Errc::kSyntax, "unexpected argument");
  return ok();
}

Result<MessageNumber> parse_message_number(std::string_view token) {
  if (const auto number = parse_decimal<std::uint32_t>(token); number && *number != 0)
    return MessageNumber{*number};
  // A number that no maildrop can have is a message that is not there; clients tell "no such
  // message" from a fault of their own.
  const bool out_of_range = token == "0" || (all_digits(token) && token.front() != '0');
  return Error(out_of_range ? Errc::kNotFound : Errc::kSyntax, "message number");
}

Result<TopArguments> parse_top_arguments(const Command& command) {
  const std::string_view argument = command.argument.value_or("");
  const std::size_t space = argument.find(' ');
  if (space == std::string_view::npos) return Error(Errc::kSyntax, "two arguments");
  RESTANTE_TRY(const MessageNumber number, parse_message_number(argument.substr(0, space)));
  const std::string_view count = without_leading_spaces(argument.substr(space));
  RESTANTE_TRY(const std::uint64_t lines, parse_decimal<std::uint64_t>(count));
  return TopArguments{number, lines};
}

Result<ApopArguments> parse_apop_arguments(const Command& command) {
  const std::string_view argument = command.argument.value_or("");
  // The name may have spaces; the digest has none, so it is the last word.
  const std::size_t space = argument.rfind(' ');
  if (space == std::string_view::npos || space == 0) return Error(Errc::kSyntax, "two arguments");
  const std::string_view digest = argument.substr(space + 1);
  if (digest.size() != kApopDigestDigits ||
      !std::all_of(digest.begin(), digest.end(), is_lower_hex))
    return Error(Errc::kSyntax, "digest");
  return ApopArguments{without_trailing_spaces(argument.substr(0, space)), digest};
}

}  // namespace restante::pop3
