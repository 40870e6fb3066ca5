#include "restante/frame/dialogue.h"

#include <iostream>

#include "base/ascii.h"
#include "console/harmless.h"
#include "console/password_input.h"

namespace restante::cli {

Dialogue::Dialogue() : there_(console::can_ask()) {}

std::string Dialogue::ask(const std::string& question, const std::string& otherwise) {
  if (!there_) return otherwise;
  const std::string proposal = otherwise.empty() ? "" : " [" + otherwise + "]";
  std::cerr << console::harmless_line(question + proposal) << ": " << std::flush;
  std::string line;
  there_ = static_cast<bool>(std::getline(std::cin, line));
  if (!there_) std::cerr << '\n';
  const std::string_view typed = trim(line);
  return typed.empty() ? otherwise : std::string(typed);
}

bool Dialogue::agrees(const std::string& question) {
  const std::string answer = to_lower(ask(question + " [y/N]"));
  return answer == "y" || answer == "yes";
}

}  // namespace restante::cli
