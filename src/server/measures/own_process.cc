#include "server/measures/own_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/numbers.h"

namespace restante::server {
namespace {

std::chrono::microseconds to_span(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// "123 45 …": pages, all of them and those in memory.
void read_memory(const files::Descriptor& statm, ProcessUse& out) {
  std::array<char, 128> text{};
  const ssize_t got = ::pread(statm.number(), text.data(), text.size(), 0);
  if (got <= 0) return;
  const std::string_view line(text.data(), static_cast<std::size_t>(got));
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos) return;
  const std::size_t second = line.find(' ', first + 1);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto all = parse_decimal<std::uint64_t>(line.substr(0, first));
  const auto resident = parse_decimal<std::uint64_t>(line.substr(first + 1, second - first - 1));
  if (all) out.virtual_bytes = *all * page;
  if (resident) out.resident_bytes = *resident * page;
}

}  // namespace

OwnProcess::OwnProcess()
    : began_(system_clock().now()),
      memory_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      folder_(::opendir("/proc/self/fd")) {}

std::optional<std::uint64_t> OwnProcess::count_descriptors() const {
  if (folder_ == nullptr) return std::nullopt;
  const std::lock_guard lock(mutex_);
  ::rewinddir(folder_.get());
  std::uint64_t count = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): under the lock.
  while (const dirent* const entry = ::readdir(folder_.get()))
    if (entry->d_name[0] != '.') ++count;
  return count;
}

ProcessUse OwnProcess::look() const {
  ProcessUse out;
  if (memory_.is_open()) read_memory(memory_, out);
  out.descriptors = count_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) out.descriptors_max = limit.rlim_cur;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0)
    out.processor_time = to_span(usage.ru_utime) + to_span(usage.ru_stime);
  return out;
}

const OwnProcess& own_process() {
  static const OwnProcess process;
  return process;
}

}  // namespace restante::server
