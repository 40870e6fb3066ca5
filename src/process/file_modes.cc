#include "process/file_modes.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "files/errors.h"

namespace restante::process {
namespace {

std::string_view who_may(unsigned bits) {
  if ((bits & 02U) != 0) return "can be changed by everybody";
  return (bits & 07U) != 0 ? "is open to everybody" : "is open to its group";
}

bool may_own(uid_t owner, const FileRule& rule, const Identity& user) {
  return rule.owner == Owner::kAny || owner == user.user ||
         (rule.owner == Owner::kUserOrRoot && owner == 0);
}

/// Files are never to be given to root: the service could not read them any more. Their owner is
/// most likely the user that the service runs as.
Error wrong_owner(const FileRule& rule, const Identity& user, const struct stat& found) {
  const std::string owner = identity_of(found.st_uid, found.st_gid).name;
  const std::string path = rule.path.string();
  std::string out =
      fmt::format("{} {} belongs to {}, not to {}: ", rule.name, path, owner, user.name);
  const std::string chown =
      fmt::format("chown {}{} {}", S_ISDIR(found.st_mode) ? "-R " : "", user.user, path);
  if (user.user == 0)
    out += fmt::format("run me as {0}, or set server.user = \"{0}\"", owner);
  else if (found.st_uid == 0)
    out += "run: " + chown;
  else
    out += fmt::format("run me as {}, or run: {}", owner, chown);
  return Error(Errc::kState, out);
}

}  // namespace

// Of every file that is made from here on, also by libraries that give no mode of their own.
void make_files_private() { ::umask(077); }

Status check_file(const FileRule& rule, const Identity& user) {
  struct stat found {};
  if (::stat(rule.path.c_str(), &found) != 0)
    // What is not there, or may not be looked at, is told where it is opened, with the better
    // words.
    return errno == ENOENT || errno == EACCES ? ok() : Status(files::io_error(rule.path));
  // The special bits, too: a set-user-id bit on a file of secrets is a slip to be seen.
  const unsigned mode = found.st_mode & 07777U;
  const unsigned open = mode & rule.forbidden;
  if (open != 0)
    return Error(Errc::kState, fmt::format("{} {} {} (mode {:04o}): run: chmod {:04o} {}",
                                           rule.name, rule.path.string(), who_may(open), mode,
                                           mode & ~rule.forbidden, rule.path.string()));
  if (!may_own(found.st_uid, rule, user)) return wrong_owner(rule, user, found);
  return ok();
}

Status make_private_folder(const std::filesystem::path& path, const Identity& user) {
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) return ok();
  // Folders on the way, such as /var/lib, are for others to pass through; the last one alone is
  // private.
  const mode_t mask = ::umask(022);
  std::filesystem::create_directories(path.parent_path(), failure);
  ::umask(mask);
  // Atomic: no moment in which the folder is there and open.
  if (::mkdir(path.c_str(), 0700) != 0) return files::io_error(path);
  if (::geteuid() == 0 && user.user != 0 && ::chown(path.c_str(), user.user, user.group) != 0)
    return files::io_error(path);
  return ok();
}

}  // namespace restante::process
