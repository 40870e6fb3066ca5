#include "process/system_limits.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/numbers.h"

namespace restante::process {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kKiB = 1024;
constexpr rlim_t kFew = 64;
constexpr std::size_t kStackBytes = 8U << 20;  // The default of a thread.
constexpr std::size_t kStacks = 100;           // About as many threads as a server has.

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// The least of this group and those above it.
std::optional<std::uint64_t> least_tasks(const fs::path& root, fs::path group) {
  std::optional<std::uint64_t> least;
  for (;; group = group.parent_path()) {
    // The least counts: any group above can be the one that refuses.
    const std::string text = first_line(root / group.relative_path() / "pids.max");
    if (const auto here = parse_decimal<std::uint64_t>(text))
      least = std::min(least.value_or(UINT64_MAX), *here);
    if (!group.has_relative_path()) return least;
  }
}

std::optional<rlim_t> limit_of(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

/// Whether there is address space for all stacks: those that there were are gone by now.
bool has_room_for_stacks() {
  constexpr std::size_t kBytes = kStacks * kStackBytes;
  void* const place =
      // PROT_NONE and NORESERVE, so that the question costs no memory.
      ::mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return false;
  ::munmap(place, kBytes);
  return true;
}

}  // namespace

SystemLimits look_at_limits() {
  SystemLimits out;
  std::ifstream groups("/proc/self/cgroup");
  // "0::/path" is the one tree of today, "7:pids:/path" one of earlier ones.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string kind = line.substr(first + 1, second - first - 1);
    if (!kind.empty() && kind != "pids") continue;
    const fs::path root = kind.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
    if (const auto tasks = least_tasks(root, line.substr(second + 1)))
      out.tasks = std::min(out.tasks.value_or(UINT64_MAX), *tasks);
  }
  return out;
}

std::string limit_of_threads(const SystemLimits& limits) {
  if (!has_room_for_stacks()) return limit_of_memory();
  const auto of_user = limit_of(RLIMIT_NPROC);
  // The kernel counts by both; the smaller one is met first.
  if (limits.tasks && (!of_user || *limits.tasks <= *of_user))
    return "the limit is pids.max = " + std::to_string(*limits.tasks) +
           " of the control group (systemd: TasksMax=, containers: --pids-limit)";
  if (of_user)
    return "the limit is RLIMIT_NPROC = " + std::to_string(*of_user) +
           " threads of this user (ulimit -u, LimitNPROC=)";
  return "the limit is the system's (kernel.threads-max, kernel.pid_max)";
}

std::string limit_of_memory() {
  const auto bytes = limit_of(RLIMIT_AS);
  if (!bytes) return "the limit is the machine's memory (or vm.overcommit_memory)";
  return "the limit is RLIMIT_AS = " + std::to_string(*bytes / kKiB) +
         " KiB of address space (ulimit -v, LimitAS=); to bound memory use MemoryMax=";
}

std::string limit_of_descriptors() {
  const auto files = limit_of(RLIMIT_NOFILE);
  return "the limit is RLIMIT_NOFILE = " + (files ? std::to_string(*files) : "infinity") +
         " open files (ulimit -n, LimitNOFILE=)";
}

bool allows_few_descriptors() { return limit_of(RLIMIT_NOFILE).value_or(kFew) < kFew; }

}  // namespace restante::process
