#include "accounts/pam/users.h"

#include <pwd.h>

#include <cerrno>
#include <fstream>
#include <vector>

#include "accounts/passwd_file/passwd_line.h"
#include "base/ascii.h"
#include "files/errors.h"

namespace restante::accounts::pam {
namespace {

constexpr std::size_t kRoomMax = 1U << 20;  // For one entry; some groups have that many users.

}  // namespace

Result<bool> is_system_user(const std::string& user, std::uint32_t min_uid) {
  std::vector<char> room(4096);
  passwd entry{};
  passwd* found = nullptr;
  int failure = ::getpwnam_r(user.c_str(), &entry, room.data(), room.size(), &found);
  while (failure == ERANGE && room.size() < kRoomMax) {
    room.resize(room.size() * 2);
    failure = ::getpwnam_r(user.c_str(), &entry, room.data(), room.size(), &found);
  }
  // passwd(3) says that some systems answer these for a name that is not there.
  const bool absent = failure == ENOENT || failure == ESRCH || failure == EBADF || failure == EPERM;
  if (failure != 0 && !absent) return files::io_error("system users", failure);
  // An account of the system is another's; and the name as the system spells it, since some
  // directories find it in any case of letters.
  return failure == 0 && found != nullptr && entry.pw_uid >= min_uid && user == entry.pw_name;
}

Result<Users> read_users(const std::filesystem::path& path, const NameRules& rules, LastLine last) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return files::io_error(path.string());
  Users users(rules);
  std::string mistakes;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    users.is_cut = file.eof();  // Met before a line end.
    // It may have been cut off by a write that is under way.
    if (users.is_cut && last == LastLine::kMayBeHalf) break;
    if (++number == 1) line = without_bom(line);
    if (line.ends_with('\r')) line.pop_back();
    const std::string_view text = trim(line);
    if (text.empty() || text.starts_with('#')) continue;
    auto name = canonical_name(text.substr(0, text.find(':')), rules);
    if (name) {
      if (const auto [own, is_new] = users.names.names.insert(std::move(*name)); is_new)
        users.names.spellings.add(*own);
      // A second line for a name is the same name.
      continue;
    }
    if (!mistakes.empty()) mistakes += '\n';
    mistakes += path.string() + ":" + std::to_string(number) + ": " + name.error().detail;
  }
  if (file.bad()) return Error(Errc::kIo, path.string() + ": cannot be read");
  if (!mistakes.empty()) return Error(Errc::kSyntax, std::move(mistakes));
  return users;
}

}  // namespace restante::accounts::pam
