// Long text for a person, through a program that shows it page by page: while a Pager lives, what
// goes to stdout goes to the program.
#pragma once

#include <optional>
#include <string>

#include "programs/child.h"

namespace restante::console {

class Pager {
 public:
  /// `command` is a line for sh; empty: nothing happens. A program that does not start shows
  /// nothing; what is written then is lost.
  explicit Pager(const std::string& command);
  /// Waits until the person has seen enough.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  /// $PAGER, where empty means none; else less, which prints short text at once, if it is there.
  static std::string usual_command();

 private:
  std::optional<programs::Child> child_;
  files::Descriptor stdout_before_;
};

}  // namespace restante::console
