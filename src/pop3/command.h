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

/// `argument` is what stands behind the verb, without the spaces around it: clients put one at the
/// end of a line, or two between words. nullopt: there is nothing. PASS's argument is the whole
/// rest behind one space, since all of it may be the password.
struct Command {
  Verb verb{};
  std::optional<std::string_view> argument;
};

/// Parses a line without its end. Errors: kSyntax (a CR, LF or NUL inside), kNotFound (no such
/// command).
Result<Command> parse_command(std::string_view line);

/// What clients put twice between words counts once.
std::string_view without_leading_spaces(std::string_view text);

/// No argument at all.
Status parse_nothing(const Command& command);
/// One message number: digits only, 1.., no sign; whether it exists is not asked. Nor a leading
/// zero: no client is known to send one, and other servers do not agree on what it means.
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
