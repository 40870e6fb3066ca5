// A terminal whose locale is C shows ASCII alone: while an AsciiOutput lives, all that is written
// to stdout and stderr is put into ASCII on its way there. Files and pipes get what was written.
#pragma once

#include <iosfwd>
#include <memory>
#include <string_view>

namespace restante::console {

/// The first of LC_ALL, LC_CTYPE and LANG that is set names C or POSIX. None: not so, for terminals
/// that are told nothing show UTF-8.
bool is_c_locale();

class AsciiOutput {
 public:
  /// Does nothing for a stream that is no terminal, or under another locale.
  AsciiOutput();
  ~AsciiOutput();
  AsciiOutput(const AsciiOutput&) = delete;
  AsciiOutput& operator=(const AsciiOutput&) = delete;

 private:
  class Filter;
  std::unique_ptr<Filter> out_;
  std::unique_ptr<Filter> errors_;
};

}  // namespace restante::console
