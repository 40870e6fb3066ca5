// Starts another program and never leaves it behind; its input, its output and its time are the
// caller's. It starts with the default signals, also where this thread blocks or ignores some.
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "files/descriptor.h"

namespace restante::programs {

enum class Group : std::uint8_t {
  kOurs,  ///< It stays in the terminal's foreground group, so that it may ask a person.
  kOwn,   ///< Programs that it has started end with it.
};

/// A child that is waited for in any case: unless wait() was called, it is killed first, with its
/// own group if it has one.
class Child {
 public:
  Child(pid_t pid, Group group) : pid_(pid), group_(group) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), group_(other.group_) {}
  Child& operator=(Child&&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Until it ends; its status as waitpid(2) says it. Once.
  int wait();

 private:
  pid_t pid_;
  Group group_;
};

/// posix_spawn's two descriptions of a child, as one object.
class SpawnPlan {
 public:
  explicit SpawnPlan(Group group);
  ~SpawnPlan();
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// In the child, `to` is what `from` is here.
  void duplicate(int from, int to);
  /// In the child, `to` is this file; `path` is copied.
  void open(int to, const char* path, int flags);

  /// The first word is looked for in PATH; the environment is ours. Errors: as code_of(), with
  /// kNotFound for no such program; the detail is "WORD: reason".
  Result<Child> start(const std::vector<std::string>& words);
  /// The same with an environment of "NAME=value".
  Result<Child> start(const std::vector<std::string>& words,
                      const std::vector<std::string>& environment);

 private:
  Result<Child> spawn(const std::vector<std::string>& words, char* const* environment);

  Group group_;
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

struct Pipe {
  files::Descriptor read;
  files::Descriptor write;
};

/// No other child gets its ends. Errors: kIo.
Result<Pipe> make_pipe();

}  // namespace restante::programs
