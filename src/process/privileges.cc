#include "process/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "files/errors.h"

namespace restante::process {
namespace {

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

Error refused(const std::string& what) {
  return Error(Errc::kAuth, what + ": " + files::reason_of(errno));
}

__user_cap_header_struct own_header() { return {_LINUX_CAPABILITY_VERSION_3, 0}; }

bool has_capabilities() {
  __user_cap_header_struct header = own_header();
  Capabilities held{};
  // In doubt yes: the caller gives up what it can and then says that it failed.
  if (::syscall(SYS_capget, &header, held.data()) != 0) return true;
  for (const auto& part : held)
    if (part.effective != 0 || part.permitted != 0 || part.inheritable != 0) return true;
  return false;
}

constexpr std::uint32_t kReadingBit = 1U << CAP_DAC_READ_SEARCH;

/// Nothing but the right to read every file; not even that where this process has not got it.
Status keep_reading() {
  __user_cap_header_struct header = own_header();
  Capabilities held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return refused("capget");
  Capabilities kept{};
  kept[0].permitted = kept[0].effective = held[0].permitted & kReadingBit;
  header = own_header();
  if (::syscall(SYS_capset, &header, kept.data()) != 0)
    return refused("cannot give up capabilities");
  return ok();
}

/// Also those that a program run later could gain; only root may do that, and only root needs to.
void empty_bounding_set() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability)
    // Refused without CAP_SETPCAP, and then none can be gained either.
    if (::prctl(PR_CAPBSET_DROP, capability) != 0) return;
}

Status check_no_way_back(const Identity& identity) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  const bool is_user = ::getresuid(&real, &effective, &saved) == 0 && real == identity.user &&
                       effective == identity.user && saved == identity.user;
  // Tried, not concluded: kernels and user namespaces differ in what setresuid() leaves behind.
  const bool regained = identity.user != 0 && (::setuid(0) == 0 || ::seteuid(0) == 0);
  if (!is_user || regained)
    return Error(Errc::kAuth, "root's rights could be had again after becoming " + identity.name);
  return ok();
}

/// Libraries look for a user's files (.pgpass, .ldaprc) under HOME, and root's are not this user's
/// to read. One that the operator chose for this user stays.
void take_own_home(uid_t user, const std::string& home) {
  const char* const present = ::getenv("HOME");
  struct stat found {};
  if (present != nullptr && ::stat(present, &found) == 0 && found.st_uid == user) return;
  if (home.empty())
    ::unsetenv("HOME");
  else
    ::setenv("HOME", home.c_str(), 1);
}

}  // namespace

Identity identity_of(uid_t user, gid_t group) {
  const passwd* const entry = ::getpwuid(user);
  // A number without a name still runs; containers often have no such line in passwd.
  return {user, group, entry != nullptr ? entry->pw_name : "user " + std::to_string(user)};
}

bool in_group(gid_t group) {
  // Root, and one's own first group, are not in that list.
  if (::geteuid() == 0 || ::getegid() == group) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(0, count)));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

bool in_group(const Identity& identity, gid_t group) {
  constexpr int kGroupsMax = 65536;  // NGROUPS_MAX of Linux.
  int count = 0;
  // The first call only counts.
  ::getgrouplist(identity.name.c_str(), identity.group, nullptr, &count);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::clamp(count, 1, kGroupsMax)));
  count = static_cast<int>(groups.size());
  if (::getgrouplist(identity.name.c_str(), identity.group, groups.data(), &count) < 0)
    return false;
  return std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

Identity own_identity() { return identity_of(::geteuid(), ::getegid()); }

Result<gid_t> find_group(const std::string& name) {
  const struct group* const found = ::getgrnam(name.c_str());
  if (found == nullptr) return Error(Errc::kNotFound, "there is no group " + name);
  return found->gr_gid;
}

Result<Identity> find_identity(const std::string& user, const std::string& group) {
  const passwd* const entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return Error(Errc::kNotFound, "there is no user " + user);
  Identity out{entry->pw_uid, entry->pw_gid, user};
  if (group.empty()) return out;
  RESTANTE_TRY(const gid_t found, find_group(group));
  out.group = found;
  return out;
}

Status become(const Identity& identity, Keeps keeps) {
  // Started as that user by systemd: there is nothing to change but what capabilities it was given.
  if (::geteuid() == identity.user && identity.user != 0) return drop_capabilities();
  if (::geteuid() != 0)
    return Error(Errc::kAuth,
                 "only root can become " + identity.name + "; this is " + own_identity().name);
  if (identity.user == 0) return ok();
  // Before the user changes: afterwards there is no right to do it.
  empty_bounding_set();
  const passwd* const entry = ::getpwuid(identity.user);
  const std::string home = entry != nullptr ? entry->pw_dir : "";
  const bool keeps_reading = keeps == Keeps::kReading;
  // A change of user clears them all; this one is taken back right afterwards, but for the one
  // right.
  if (keeps_reading && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
    return refused("cannot keep the right to read");
  // Groups first, while root's rights are there; root's own groups must not stay.
  const bool groups_set = entry != nullptr ? ::initgroups(entry->pw_name, identity.group) == 0
                                           : ::setgroups(0, nullptr) == 0;
  if (!groups_set || ::setresgid(identity.group, identity.group, identity.group) != 0 ||
      ::setresuid(identity.user, identity.user, identity.user) != 0)
    return refused("cannot become " + identity.name);
  RESTANTE_CHECKED(keeps_reading ? keep_reading() : drop_capabilities());
  take_own_home(identity.user, home);
  return check_no_way_back(identity);
}

Status drop_capabilities() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);  // Kernels without it have none.
  __user_cap_header_struct header = own_header();
  const Capabilities none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0 || has_capabilities())
    return refused("cannot give up capabilities");
  return ok();
}

Status no_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return ok();
  return files::io_error("no_new_privs");
}

}  // namespace restante::process
