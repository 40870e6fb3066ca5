#include "console/failure.h"

#include <iostream>

#include "console/harmless.h"

namespace restante::console {

std::string explain(const Error& error) {
  const bool explained = !error.detail.empty();
  std::string message = explained ? error.detail : std::string(to_string(error.code));
  if (error.code == Errc::kBusy) message += "; another program is at it, try again";
  if (error.code == Errc::kFull) message += "; make room and try again";
  // What a newer version has written is intact.
  if (error.code == Errc::kCorrupt && message.find("by a newer version") == std::string::npos)
    message += " (damaged)";
  return message;
}

void tell_failure(std::string_view program, std::string_view message) {
  std::cerr << program << ": " << harmless_line(message) << '\n';
}

void tell_lines(std::string_view lines) { std::cerr << harmless(lines) << '\n'; }

}  // namespace restante::console
