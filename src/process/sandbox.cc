#include "process/sandbox.h"

#include <fmt/format.h>

#include "process/privileges.h"

namespace restante::process {
namespace {

constexpr const char* kNoLandlock =
    "no Landlock: this kernel has none or it is not among its lsm= (the files are guarded by their "
    "modes alone)";
constexpr const char* kNoSeccomp =
    "no seccomp: this kernel or container takes no filter of system calls";

/// Whether it is in force; why not, if not, goes to `missing`.
bool in_force(const Status& status, std::string_view sentence, std::vector<std::string>& missing) {
  if (!status)
    // A kernel without the means has a sentence for its operator; any other failure has its own
    // words.
    missing.push_back(status.error().code == Errc::kNotFound ? std::string(sentence)
                                                             : status.error().detail);
  return status.has_value();
}

}  // namespace

std::string Sandbox::to_string() const {
  return fmt::format("landlock={} seccomp={} no_new_privs={}",
                     landlock == 0 ? "off" : fmt::format("abi{}", landlock), seccomp ? "on" : "off",
                     no_new_privileges ? "yes" : "no");
}

Sandbox enter_sandbox(const SandboxPlan& plan) {
  // In this order: Landlock and seccomp both ask for it, unless one is root.
  Sandbox out;
  out.no_new_privileges = in_force(no_new_privileges(), {}, out.missing);
  const int version = landlock_version();
  // Each by itself: a kernel that lacks one still gives the other.
  if (in_force(restrict_files(plan.paths, plan.tcp, plan.ports), kNoLandlock, out.missing))
    out.landlock = version;
  out.seccomp = in_force(filter_system_calls(plan.calls), kNoSeccomp, out.missing);
  return out;
}

std::vector<std::string> missing_for_sandbox() {
  std::vector<std::string> out;
  if (landlock_version() == 0) out.emplace_back(kNoLandlock);
  if (!has_seccomp()) out.emplace_back(kNoSeccomp);
  return out;
}

}  // namespace restante::process
