// The sandbox as a whole: no_new_privs, Landlock, seccomp, in this order, and what of it is in
// force afterwards. Once, before threads are started; there is no way out.
#pragma once

#include <string>
#include <vector>

#include "process/landlock.h"
#include "process/seccomp.h"

namespace restante::process {

struct SandboxPlan {
  std::vector<PathRule> paths;
  Tcp tcp = Tcp::kNone;
  std::vector<std::uint16_t> ports{};  ///< With Tcp::kPorts.
  CallNeeds calls;
};

/// What is in force.
struct Sandbox {
  int landlock = 0;  ///< The version; 0: not in force.
  bool seccomp = false;
  bool no_new_privileges = false;
  std::vector<std::string> missing;  ///< Why the others are not, one sentence each.

  [[nodiscard]] bool complete() const { return missing.empty(); }
  /// "landlock=abi6 seccomp=on no_new_privs=yes".
  [[nodiscard]] std::string to_string() const;
};

/// Takes what the kernel offers; nothing that is missing keeps the rest from being used.
Sandbox enter_sandbox(const SandboxPlan& plan);

/// What enter_sandbox() would find missing here; changes nothing.
std::vector<std::string> missing_for_sandbox();

}  // namespace restante::process
