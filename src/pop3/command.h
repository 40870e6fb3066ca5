// One command line taken apart: verb and argument, and the shapes that arguments have. Views into
// the line; nothing is copied. Knows nothing of states or of what the maildrop holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/strong.h"
#include "pop3/verb.h"

namespace restante::pop3 {

/// `argument` is everything behind the one space after the verb; nullopt: there was no space.
/// Spaces at the line's end are no argument, except for USER and PASS, whose argument is the whole
/// rest.
struct Command {
  Verb verb{};
  std::optional<std::string_view> argument;
};

/// Parses a line without its CRLF. Errors: kSyntax (a CR, LF or NUL inside), kNotFound (no such
/// command).
Result<Command> parse_command(std::string_view line);

/// No argument at all.
Status parse_nothing(const Command& command);
/// One message number: digits only, 1.., no sign, no leading zero; whether it exists is not asked.
/// Errors: kSyntax (not a number), kNotFound (0, or more than 32 bits: no maildrop has it).
Result<MessageNumber> parse_message_number(std::string_view token);

struct TopArguments {
  MessageNumber number{};
  std::uint64_t body_lines = 0;
};
/// TOP's two arguments (RFC 1939 s.7). Errors: as parse_message_number().
Result<TopArguments> parse_top_arguments(const Command& command);

struct ApopArguments {
  std::string_view name;
  std::string_view digest;
};
/// APOP's name and its digest of 32 hexadecimal digits, lower case (RFC 1939 s.7). Errors: kSyntax.
Result<ApopArguments> parse_apop_arguments(const Command& command);

}  // namespace restante::pop3
