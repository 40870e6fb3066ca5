#include "smtp/command.h"

#include <array>

#include "base/ascii.h"

namespace restante::smtp {
namespace {

struct Name {
  std::string_view text;
  Verb verb;
};

constexpr std::array kNames = {
    Name{"HELO", Verb::kHelo},         Name{"EHLO", Verb::kEhlo},
    Name{"LHLO", Verb::kLhlo},         Name{"MAIL", Verb::kMail},
    Name{"RCPT", Verb::kRcpt},         Name{"DATA", Verb::kData},
    Name{"BDAT", Verb::kBdat},         Name{"RSET", Verb::kRset},
    Name{"NOOP", Verb::kNoop},         Name{"QUIT", Verb::kQuit},
    Name{"VRFY", Verb::kVrfy},         Name{"EXPN", Verb::kExpn},
    Name{"HELP", Verb::kHelp},         Name{"AUTH", Verb::kAuth},
    Name{"STARTTLS", Verb::kStarttls}, Name{"XFORWARD", Verb::kXforward},
    Name{"XCLIENT", Verb::kXclient},
};

}  // namespace

std::string_view to_text(Verb verb) {
  for (const Name& name : kNames)
    if (name.verb == verb) return name.text;
  return "unknown";
}

Command parse_command(std::string_view line) {
  const auto end = line.find(' ');
  const std::string_view word = trim(line.substr(0, end));
  const auto argument =
      end == std::string_view::npos ? std::string_view() : trim(line.substr(end + 1));
  for (const Name& name : kNames)
    if (equals_ignore_case(word, name.text)) return {name.verb, argument};
  return {Verb::kUnknown, argument};
}

}  // namespace restante::smtp
