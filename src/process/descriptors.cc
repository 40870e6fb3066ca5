#include "process/descriptors.h"

#include <dirent.h>
#include <unistd.h>

#include <charconv>
#include <string_view>
#include <vector>

namespace restante::process {
namespace {

bool close_listed(unsigned first, unsigned last) {
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return false;
  std::vector<int> found;
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    unsigned number = 0;
    const auto [end, error] = std::from_chars(name.begin(), name.end(), number);
    if (error == std::errc() && end == name.end() && number >= first && number <= last)
      found.push_back(static_cast<int>(number));
  }
  // The folder's own descriptor is in the list, too, and is closed last.
  const int own = ::dirfd(folder);
  // Closed after the reading: the folder would change under it.
  for (const int number : found)
    if (number != own) ::close(number);
  ::closedir(folder);
  return true;
}

}  // namespace

bool close_descriptors(unsigned first, unsigned last) {
  // Kernels before 5.9 have no close_range(2), and some containers refuse what they do not know.
  return ::close_range(first, last, 0) == 0 || close_listed(first, last);
}

}  // namespace restante::process
