// The filter of system calls: what a mail server needs is allowed, by a list. A call that is not on
// it "is not there" (ENOSYS): libraries then fall back to what older kernels have, so that an
// update of one costs no mail. A call that only an intruder makes (another program, another
// process's memory, mounts, modules …) ends the process at once, and the kernel's log says which
// call.
#pragma once

#include "base/result.h"

namespace restante::process {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RESTANTE_SANITIZED 1
#endif
#endif
#ifdef RESTANTE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct CallNeeds {
  /// Back ends that ask other machines: sockets are made, libraries are loaded late.
  bool network = false;
  /// Libraries that may try to run a helper: the attempt is refused instead of deadly. They are
  /// asked by processes of their own, which are forked.
  bool helpers = false;
  /// The sanitizers' own: the leak checker stops all threads from a process beside, and reports run
  /// a symbolizer. For builds with them only.
  bool sanitizers = false;
};

/// Whether the kernel takes filters.
bool has_seccomp();

/// For all threads, for good. Needs no_new_privileges() before. Errors: kNotFound (the kernel takes
/// no filter), kIo.
Status filter_system_calls(const CallNeeds& needs);

}  // namespace restante::process
