// The mistakes in a configuration, collected while reading goes on, so that an operator sees all of
// them at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restante::config {

class Mistakes {
 public:
  /// `key` is the dotted name ("limits.connections"), `text` says what is wrong with it. Control
  /// characters become '?': a mistake is one line, and cannot play tricks with a terminal.
  void add(int line, std::string_view key, std::string_view text);

  [[nodiscard]] bool empty() const { return found_.empty(); }

  /// "FILE:LINE: key: what is wrong", in the order of the lines.
  [[nodiscard]] std::vector<std::string> lines(std::string_view file_name) const;

 private:
  struct Mistake {
    int line;
    std::string text;
  };
  std::vector<Mistake> found_;
};

}  // namespace restante::config
