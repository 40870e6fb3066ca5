// A program that a message is given to: a mail delivery agent, a hook. Its stdin is a file, its
// environment ours and what is added; what it says on stderr is for the error message. No text of a
// message ever becomes part of a command line.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dial/stop_signal.h"

namespace restante::fetch {

struct Program {
  std::vector<std::string> words;  ///< Looked for in PATH, and its arguments; shell_words().
  /// Added to our environment; a name that is there already is replaced.
  std::vector<std::pair<std::string, std::string>> environment;
  int input = -1;  ///< An open file for its stdin, from its place on; negative: /dev/null.
  std::chrono::milliseconds timeout = std::chrono::minutes(5);
  bool wants_stdout = false;  ///< Its stdout belongs to its words, too; else it is dropped.
};

struct ProgramEnd {
  int code = 0;      ///< Its exit code; 128 and more: ended by the signal with that much less.
  std::string said;  ///< The end of what it wrote to stderr, one line, a few hundred octets.
};

/// Runs it to its end. Errors: kNotFound (no such program), kTimeout and kState (stop was raised):
/// it was killed; kIo.
Result<ProgramEnd> run_program(const Program& program, const net::StopSignal& stop);

}  // namespace restante::fetch
