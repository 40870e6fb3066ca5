#include "process/seccomp.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>
#include <system_error>

namespace restante::process {
namespace {

// By name: libseccomp knows the numbers of each architecture, and leaves out what one lacks.
constexpr const char* kAllowed[] = {
    // Files. Which of them, Landlock decides.
    "access", "chmod", "close", "close_range", "copy_file_range", "dup", "faccessat", "faccessat2",
    "fadvise64", "fallocate", "fchmod", "fchmodat", "fchown", "fcntl", "fdatasync", "flock",
    "fstat", "fstatfs", "fsync", "ftruncate", "getcwd", "getdents64", "link", "linkat", "lseek",
    "lstat", "mkdir", "mkdirat", "newfstatat", "open", "openat", "openat2", "pread64", "preadv",
    "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readlink", "readlinkat", "readv",
    "rename", "renameat", "renameat2", "rmdir", "stat", "statfs", "statx", "sync_file_range",
    "truncate", "umask", "unlink", "unlinkat", "utimensat", "write", "writev",
    // Memory.
    "brk", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mremap", "munlock", "munmap",
    // Threads, and this process.
    "exit", "exit_group", "futex", "futex_waitv", "getegid", "geteuid", "getgid", "getgroups",
    "getpid", "getppid", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage", "gettid",
    "getuid", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "rt_sigtimedwait", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address",
    "sigaltstack", "sysinfo", "times", "uname",
    // Time and waiting.
    "clock_getres", "clock_gettime", "clock_nanosleep", "epoll_create1", "epoll_ctl", "epoll_pwait",
    "epoll_pwait2", "epoll_wait", "eventfd2", "gettimeofday", "nanosleep", "pipe", "pipe2", "poll",
    "ppoll", "pselect6", "select", "time", "timerfd_create", "timerfd_gettime", "timerfd_settime",
    // Connections that come in.
    "accept", "accept4", "getpeername", "getsockname", "getsockopt", "recvfrom", "recvmmsg",
    "recvmsg", "sendfile", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown"};

constexpr const char* kForNetwork[] = {"bind", "connect", "mmap", "mprotect", "socketpair"};

constexpr const char* kForSanitizers[] = {"arch_prctl",
                                          "clone",
                                          "dup2",
                                          "execve",
                                          "fork",
                                          "getpgid",
                                          "kill",
                                          "mmap",
                                          "mprotect",
                                          "personality",
                                          "prctl",
                                          "prlimit64",
                                          "process_vm_readv",
                                          "ptrace",
                                          "rt_tgsigqueueinfo",
                                          "setrlimit",
                                          "socketpair",
                                          "tgkill",
                                          "vfork",
                                          "wait4",
                                          "waitid"};

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

// Deadly, too, unless helpers or sanitizers may try them.
constexpr const char* kHelperCalls[] = {"execve", "execveat",         "fork",
                                        "ptrace", "process_vm_readv", "vfork"};

constexpr std::uint64_t kRequests[] = {FIONBIO, FIONREAD, TCGETS};  // Of ioctl.

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

/// Adds rules until one fails; then nothing more.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx context) : context_(context) {}

  void all(std::uint32_t action, std::span<const char* const> names) {
    for (const char* const name : names) rule(action, name, {});
  }
  void allow(const char* name, std::initializer_list<scmp_arg_cmp> conditions) {
    rule(SCMP_ACT_ALLOW, name, conditions);
  }
  [[nodiscard]] int failure() const { return failure_; }

 private:
  void rule(std::uint32_t action, const char* name, std::span<const scmp_arg_cmp> conditions) {
    const int number = seccomp_syscall_resolve_name(name);
    if (failure_ != 0 || number == __NR_SCMP_ERROR) return;
    const int added = seccomp_rule_add_array(
        context_, action, number, static_cast<unsigned>(conditions.size()), conditions.data());
    // -EEXIST: allowed already, without conditions. -EDOM: not on this architecture.
    if (added != 0 && added != -EEXIST && added != -EDOM) failure_ = added;
  }

  scmp_filter_ctx context_;
  int failure_ = 0;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
/// The bits of `mask` are `value`.
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void allow_by_arguments(Rules& rules) {
  // clone3 keeps its flags where a filter cannot look, so it is not there, and threads are made by
  // clone: threads, and no processes.
  rules.allow("clone", {masked(0, CLONE_THREAD, CLONE_THREAD)});
  // No memory that was written becomes code.
  rules.allow("mmap", {masked(2, PROT_EXEC, 0)});
  rules.allow("mprotect", {masked(2, PROT_EXEC, 0)});
  rules.allow("prlimit64", {equals(2, 0)});  // Asking, not setting.
  rules.allow("prctl", {equals(0, PR_SET_NAME)});
  rules.allow("tgkill", {equals(0, static_cast<std::uint64_t>(::getpid()))});  // abort().
  for (const std::uint64_t request : kRequests) rules.allow("ioctl", {equals(1, request)});
}

void add_rules(Rules& rules, const CallNeeds& needs) {
  const bool network = needs.network || needs.helpers;
  rules.all(SCMP_ACT_ALLOW, kAllowed);
  if (network) rules.all(SCMP_ACT_ALLOW, kForNetwork);
  if (needs.sanitizers) rules.all(SCMP_ACT_ALLOW, kForSanitizers);
  allow_by_arguments(rules);
  if (network)
    for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK})
      rules.allow("socket", {equals(0, static_cast<std::uint64_t>(family))});
  rules.all(SCMP_ACT_KILL_PROCESS, kDeadly);
  if (!needs.sanitizers && !needs.helpers) rules.all(SCMP_ACT_KILL_PROCESS, kHelperCalls);
}

Error failed(const char* call, int negative_errno) {
  return Error(Errc::kIo,
               std::string(call) + ": " + std::generic_category().message(-negative_errno));
}

}  // namespace

bool has_seccomp() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Status filter_system_calls(const CallNeeds& needs) {
  if (!has_seccomp()) return Error(Errc::kNotFound, "this kernel takes no seccomp filter");
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), &seccomp_release);
  if (!filter) return Error(Errc::kIo, "seccomp_init failed");
  // All threads, should a library have started one; and a binary tree: calls are frequent.
  static_cast<void>(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  static_cast<void>(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
  Rules rules(filter.get());
  add_rules(rules, needs);
  if (rules.failure() != 0) return failed("seccomp_rule_add", rules.failure());
  if (const int loaded = seccomp_load(filter.get()); loaded != 0)
    return failed("seccomp_load", loaded);
  return ok();
}

}  // namespace restante::process
