#include "process/filter_rules.h"

#include <cerrno>
#include <string>

#include "files/errors.h"

namespace restante::process {
namespace {

// A service never needs these: a call means that it is not the service that runs any more, so the
// process ends at once, and the kernel's log says why.
constexpr const char* kDeadly[] = {"acct",
                                   "add_key",
                                   "bpf",
                                   "chroot",
                                   "clock_settime",
                                   "create_module",
                                   "delete_module",
                                   "fanotify_init",
                                   "finit_module",
                                   "fsconfig",
                                   "fsmount",
                                   "fsopen",
                                   "init_module",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "io_uring_setup",
                                   "ioperm",
                                   "iopl",
                                   "kexec_file_load",
                                   "kexec_load",
                                   "keyctl",
                                   "mknod",
                                   "mknodat",
                                   "modify_ldt",
                                   "mount",
                                   "mount_setattr",
                                   "move_mount",
                                   "name_to_handle_at",
                                   "open_by_handle_at",
                                   "open_tree",
                                   "perf_event_open",
                                   "pidfd_getfd",
                                   "pivot_root",
                                   "process_vm_writev",
                                   "quotactl",
                                   "reboot",
                                   "request_key",
                                   "setns",
                                   "settimeofday",
                                   "swapoff",
                                   "swapon",
                                   "syslog",
                                   "umount2",
                                   "unshare",
                                   "uselib",
                                   "userfaultfd",
                                   "vhangup"};

// Of programs that start others, which only some processes do.
constexpr const char* kHelperCalls[] = {"execve", "execveat",         "fork",
                                        "ptrace", "process_vm_readv", "vfork"};

Error failed(const char* call, int negative_errno) {
  return files::io_error(std::string(call), -negative_errno);
}

}  // namespace

std::span<const char* const> deadly_calls() { return kDeadly; }
std::span<const char* const> helper_calls() { return kHelperCalls; }

void FilterRules::rule(std::uint32_t action, const char* name,
                       std::span<const scmp_arg_cmp> conditions) {
  // By name: libseccomp knows the numbers of each architecture, and leaves out what one lacks.
  const int number = seccomp_syscall_resolve_name(name);
  // A failure is kept and told by load(): a filter that lacks a rule must not go into force.
  if (!context_ || failure_ != 0 || number == __NR_SCMP_ERROR) return;
  const int added = seccomp_rule_add_array(
      context_.get(), action, number, static_cast<unsigned>(conditions.size()), conditions.data());
  // -EEXIST: allowed already, without conditions. -EDOM: not on this architecture.
  if (added != 0 && added != -EEXIST && added != -EDOM) failure_ = added;
}

Status FilterRules::load() {
  if (!context_) return Error(Errc::kIo, "seccomp_init failed");
  if (failure_ != 0) return failed("seccomp_rule_add", failure_);
  // All threads, should a library have started one; and a binary tree: calls are frequent.
  static_cast<void>(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  static_cast<void>(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
  if (const int loaded = seccomp_load(context_.get()); loaded != 0)
    return failed("seccomp_load", loaded);
  return ok();
}

}  // namespace restante::process
