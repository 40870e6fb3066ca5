// Questions to the person who types a command, one after the other. Without a terminal nothing is
// asked and every answer is the one that changes nothing.
#pragma once

#include <string>

namespace restante::cli {

/// Reads stdin, writes to stderr. Used by one thread.
class Dialogue {
 public:
  Dialogue();

  /// A person can be asked: stdin is a terminal, and it has not ended (Ctrl-D).
  [[nodiscard]] bool can_ask() const { return there_; }
  /// A line; `otherwise` when it is empty or can_ask() is false.
  std::string ask(const std::string& question, const std::string& otherwise = {});
  /// Only "y" and "yes" are one.
  bool agrees(const std::string& question);

 private:
  bool there_;
};

}  // namespace restante::cli
