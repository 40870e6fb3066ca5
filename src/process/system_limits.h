// Which limit of the system a process has met that gets no more threads, memory or descriptors: for
// the one line that a start ends with. Knows limits of processes and of control groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace restante::process {

struct SystemLimits {
  std::optional<std::uint64_t> tasks;  ///< pids.max of the control group, the least above us.
};

/// To be called before a sandbox hides them.
SystemLimits look_at_limits();

/// "the limit is pids.max = 20 (systemd: TasksMax=)", each by what holds now.
std::string limit_of_threads(const SystemLimits& limits);
std::string limit_of_memory();
std::string limit_of_descriptors();
/// So few that every failure to open something is probably theirs.
bool allows_few_descriptors();

}  // namespace restante::process
