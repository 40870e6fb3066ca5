// How another program is started and never left behind; what it reads, says and may take is its
// caller's. It starts as any program does, whatever this thread blocks or ignores.
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace restante::fetch {

enum class Group : std::uint8_t {
  kOurs,  ///< It stays in the terminal's foreground group, so that it may ask a person.
  kOwn,   ///< What it has started ends with it.
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

  /// The process, or an errno as a negative number. The first word is looked for in PATH; the
  /// environment is ours.
  pid_t start(const std::vector<std::string>& words);
  /// The same with an environment of "NAME=value".
  pid_t start(const std::vector<std::string>& words, const std::vector<std::string>& environment);

 private:
  pid_t spawn(const std::vector<std::string>& words, char* const* environment);

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A child that is waited for in any case: killed before, with its own group if it has one, unless
/// somebody waited.
class Child {
 public:
  Child(pid_t pid, Group group) : pid_(pid), group_(group) {}
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Until it ends; its status as waitpid(2) says it. Once.
  int wait();

 private:
  pid_t pid_;
  Group group_;
};

}  // namespace restante::fetch
