// Starts programs for a process that is about to give up its rights: a process of its own, forked
// before, which keeps them. It knows the program and its first words from the beginning; only what
// stands behind them is asked for later. So an attacker in the asking process cannot make it start
// anything else.
#pragma once

#include <string>
#include <vector>

#include "files/descriptor.h"
#include "programs/child.h"

namespace restante::programs {

/// A program that was started. It ends, by SIGPIPE, when its output is not read any more.
struct Started {
  files::Descriptor output;
  files::Descriptor ending;  ///< Its status, as waitpid(2) says it: an int, once it has ended.
};

/// Callable from any thread.
class Starter {
 public:
  /// To be called before the first thread. `front`: the program and its first words. Errors: kIo.
  static Result<Starter> fork_off(const std::vector<std::string>& front);

  /// With these words behind the first ones; its stderr is ours, and it reads nothing. Errors: kIo,
  /// kLimit (too many words).
  Result<Started> start(const std::vector<std::string>& words) const;

 private:
  Starter(files::Descriptor line, pid_t pid)
      : line_(std::move(line)), process_(pid, Group::kOurs) {}

  files::Descriptor line_;
  Child process_;
};

/// Waits for the program's end; its exit code, 128 and the signal, or 127 where it could not be
/// started. Errors: kIo.
Result<int> exit_code_of(const Started& started);

}  // namespace restante::programs
