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

#include "process/filter_rules.h"

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

// What sockets, terminals and files are asked; an open list would reach every driver.
constexpr std::uint64_t kRequests[] = {FIONBIO, FIONREAD, TCGETS};  // Of ioctl.

void allow_by_arguments(FilterRules& rules) {
  // clone3 keeps its flags where a filter cannot look, so it is not there, and threads are made by
  // clone: threads, and no processes.
  // A process can rename itself, as threads do for a debugger, and nothing else.
  rules.allow("clone", {masked(0, CLONE_THREAD, CLONE_THREAD)});
  // No memory that was written becomes code.
  rules.allow("mmap", {masked(2, PROT_EXEC, 0)});
  rules.allow("mprotect", {masked(2, PROT_EXEC, 0)});
  rules.allow("prlimit64", {equals(2, 0)});  // Asking, not setting.
  rules.allow("prctl", {equals(0, PR_SET_NAME)});
  rules.allow("tgkill", {equals(0, static_cast<std::uint64_t>(::getpid()))});  // abort().
  for (const std::uint64_t request : kRequests) rules.allow("ioctl", {equals(1, request)});
}

/// Of this very program, in no namespace of its own.
void allow_processes(FilterRules& rules) {
  constexpr std::uint64_t other = CLONE_VM | CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET |
                                  CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;
  rules.allow("clone", {masked(0, other, 0)});
  for (const char* const name : {"alarm", "setitimer", "wait4"}) rules.allow(name, {});
}

void add_rules(FilterRules& rules, const CallNeeds& needs) {
  const bool network = needs.network || needs.helpers;
  rules.all(SCMP_ACT_ALLOW, kAllowed);
  if (network) rules.all(SCMP_ACT_ALLOW, kForNetwork);
  if (needs.sanitizers) rules.all(SCMP_ACT_ALLOW, kForSanitizers);
  if (needs.helpers) allow_processes(rules);
  allow_by_arguments(rules);
  if (network)
    // Netlink is how the C library asks for its own addresses when it looks a name up.
    for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK})
      rules.allow("socket", {equals(0, static_cast<std::uint64_t>(family))});
  rules.all(SCMP_ACT_KILL_PROCESS, deadly_calls());
  if (!needs.sanitizers && !needs.helpers) rules.all(SCMP_ACT_KILL_PROCESS, helper_calls());
}

}  // namespace

bool has_seccomp() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  // Asked, not tried: a filter cannot be taken back.
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Status filter_system_calls(const CallNeeds& needs) {
  if (!has_seccomp()) return Error(Errc::kNotFound, "this kernel takes no seccomp filter");
  // As an old kernel would say: libraries then take another way, where EPERM would end them.
  FilterRules rules(SCMP_ACT_ERRNO(ENOSYS));
  add_rules(rules, needs);
  return rules.load();
}

}  // namespace restante::process
