#include "process/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::process {
namespace {

// Kept here, so that a program built on Debian 12 uses what a newer kernel can do.
// Debian 12's header ends with version 2; these are the kernel's later ones.
constexpr std::uint64_t kFsTruncate = 1ULL << 14;  // Version 3.
constexpr std::uint64_t kFsIoctlDev = 1ULL << 15;  // Version 5.
constexpr std::uint64_t kNetBind = 1ULL << 0;      // Version 4.
constexpr std::uint64_t kNetConnect = 1ULL << 1;
constexpr int kRuleOfPort = 2;
constexpr std::uint64_t kScopeAbstractSockets = 1ULL << 0;  // Version 6.
constexpr std::uint64_t kScopeSignals = 1ULL << 1;

/// landlock_ruleset_attr as of version 6; older kernels take the longer form when its end is zero.
struct Ruleset {
  std::uint64_t fs = 0;
  std::uint64_t net = 0;
  std::uint64_t scoped = 0;
};

/// landlock_net_port_attr.
struct PortRule {
  std::uint64_t allowed = 0;
  std::uint64_t port = 0;
};

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kChange = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER |
                                  kFsTruncate;
// The rights that a rule for a single file may grant.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_READ_FILE | kFsTruncate;

Ruleset handled(int version, Tcp tcp) {
  Ruleset out;
  // What is not handled is allowed: all that the kernel knows is asked for, and rules give back the
  // little that is needed.
  out.fs = LANDLOCK_ACCESS_FS_REFER - 1;  // All of version 1.
  if (version >= 2) out.fs |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) out.fs |= kFsTruncate;
  if (version >= 5) out.fs |= kFsIoctlDev;
  // Not handled for a process that may speak to all: each port would need a rule.
  if (version >= 4 && tcp != Tcp::kAll) out.net |= kNetBind;
  if (version >= 4 && (tcp == Tcp::kNone || tcp == Tcp::kPorts)) out.net |= kNetConnect;
  if (version >= 6) out.scoped = kScopeAbstractSockets | kScopeSignals;
  return out;
}

std::uint64_t rights(Access access) {
  switch (access) {
    case Access::kRead: return kRead;
    case Access::kReadWrite: return kRead | kChange;
    case Access::kRun: return kRead | LANDLOCK_ACCESS_FS_EXECUTE;
  }
  return 0;
}

Status add_rule(int ruleset, const PathRule& rule, std::uint64_t handled_fs) {
  const files::Descriptor file(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  // A path that is optional and not there has nothing to allow.
  if (!file.is_open()) return errno == ENOENT ? ok() : Status(files::io_error(rule.path));
  struct stat found {};
  landlock_path_beneath_attr attributes{};
  attributes.parent_fd = file.number();
  attributes.allowed_access = rights(rule.access) & handled_fs;
  // A right of folders on a file is refused by the kernel with EINVAL, and would cost the whole.
  if (::fstat(file.number(), &found) == 0 && !S_ISDIR(found.st_mode))
    attributes.allowed_access &= kOfFiles;
  const long added =
      ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attributes, 0);
  if (added == 0) return ok();
  return files::io_error("landlock_add_rule " + rule.path.native());
}

Status add_port(int ruleset, std::uint16_t port) {
  const PortRule rule{kNetConnect, port};
  if (::syscall(SYS_landlock_add_rule, ruleset, kRuleOfPort, &rule, 0) == 0) return ok();
  return files::io_error("landlock_add_rule port " + std::to_string(port));
}

Status restrict_by(int ruleset, const std::vector<PathRule>& rules, std::uint64_t handled_fs) {
  for (const PathRule& rule : rules) RESTANTE_CHECKED(add_rule(ruleset, rule, handled_fs));
  if (::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
    return files::io_error("landlock_restrict_self");
  return ok();
}

}  // namespace

// Zero also where the kernel knows it and has it switched off (lsm=).
int landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Status restrict_files(const std::vector<PathRule>& rules, Tcp tcp,
                      const std::vector<std::uint16_t>& ports) {
  const int version = landlock_version();
  if (version == 0) return Error(Errc::kNotFound, "this kernel has no Landlock");
  const Ruleset wanted = handled(version, tcp);
  const files::Descriptor ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0)));
  if (!ruleset.is_open()) return files::io_error("landlock_create_ruleset");
  if (tcp == Tcp::kPorts && wanted.net != 0)
    for (const std::uint16_t port : ports) RESTANTE_CHECKED(add_port(ruleset.number(), port));
  return restrict_by(ruleset.number(), rules, wanted.fs);
}

}  // namespace restante::process
