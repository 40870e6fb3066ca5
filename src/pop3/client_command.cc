#include "pop3/client_command.h"

#include <string>

namespace restante::pop3 {

Status check_argument(std::string_view what, std::string_view argument) {
  // Nothing is quoted in POP3: a line break in a password would begin a command of its own.
  constexpr std::string_view kForbidden("\r\n\0", 3);
  if (argument.find_first_of(kForbidden) == argument.npos) return ok();
  return Error(Errc::kSyntax,
               std::string(what) + " holds a line break or a NUL, which no POP3 command can carry");
}

Result<SecretString> format_command(std::string_view verb, std::string_view argument) {
  RESTANTE_CHECKED(check_argument("the argument of " + std::string(verb), argument));
  std::string line;
  // So that no growing string leaves a password behind in freed memory.
  line.reserve(verb.size() + argument.size() + 3);
  line.append(verb);
  if (!argument.empty()) line.append(" ").append(argument);
  line.append("\r\n");
  SecretString out(line);
  wipe(line);
  return out;
}

}  // namespace restante::pop3
