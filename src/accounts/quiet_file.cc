#include "accounts/quiet_file.h"

#include <system_error>

namespace restante::accounts {

bool was_written_in_place(const std::filesystem::path& path, const files::Stamp& stamp) {
  // rename() changes the inode after the last write, and the folder not before it. Both may fall
  // into one tick of the clock, so either sign is enough.
  if (stamp.changed_ns > stamp.modified_ns) return false;
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::canonical(path, failed);
  // In doubt it may be half: to wait two seconds does less harm than a missing account.
  if (failed) return true;
  // Written after its name was made: then not by a rename.
  return files::stamp_if_there(whole.parent_path()).modified_ns < stamp.modified_ns;
}

bool Quiet::is_over(WallTime now, Steady steady_now) const {
  // By either clock: the wall clock may jump, and the file may be older than our first look.
  if (steady_now - since >= kQuiet) return true;
  using std::chrono::nanoseconds;
  const auto age = nanoseconds(now.time_since_epoch()) - nanoseconds(stamp.modified_ns);
  return age >= kQuiet;
}

}  // namespace restante::accounts
