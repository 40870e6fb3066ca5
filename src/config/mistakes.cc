#include "config/mistakes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace restante::config {

void Mistakes::add(int line, std::string_view key, std::string_view text) {
  std::string message = fmt::format("{}: {}", key, text);
  // The key comes from the file, and must not steer a terminal.
  std::replace_if(message.begin(), message.end(), is_control, '?');
  found_.push_back(Mistake{line, std::move(message)});
}

std::vector<std::string> Mistakes::lines(std::string_view file_name) const {
  std::vector<Mistake> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (const Mistake& mistake : sorted)
    lines.push_back(fmt::format("{}:{}: {}", file_name, mistake.line, mistake.text));
  return lines;
}

}  // namespace restante::config
