#include "process/reader_jail.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "files/errors.h"
#include "process/filter_rules.h"
#include "process/privileges.h"
#include "process/seccomp.h"

namespace restante::process {
namespace {

constexpr std::uint64_t kJailStackBytes = 8U << 20;  // RLIMIT_DATA does not count it.

constexpr const char* kJailCalls[] = {
    // The descriptors that it has.
    "close", "fadvise64", "fstat", "lseek", "poll", "ppoll", "pread64", "preadv", "read", "readv",
    "recvfrom", "recvmsg",
    // Memory.
    "brk", "madvise", "mincore", "mremap", "munmap",
    // Itself.
    "exit", "exit_group", "futex", "getpid", "getrandom", "getrusage", "gettid", "restart_syscall",
    "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield",
    "sigaltstack", "sysinfo", "uname",
    // Time.
    "clock_getres", "clock_gettime", "gettimeofday", "time", "times"};

// Under the sanitizers, whose own calls are not known, these are refused, and all others pass.
constexpr const char* kRefused[] = {"accept",   "accept4",  "bind",     "connect",  "creat",
                                    "listen",   "mkdir",    "open",     "openat",   "openat2",
                                    "rename",   "socket",   "symlink",  "truncate", "unlink",
                                    "unlinkat", "renameat", "renameat2"};

/// A process keeps closer bounds of its own.
Status bound(decltype(RLIMIT_CPU) what, std::uint64_t most) {
  // Never more than it had: an operator's tighter limit counts.
  rlimit limit{};
  const bool is_known = ::getrlimit(what, &limit) == 0;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, most);
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, most);
  // A limit that cannot be set is no reason to read on without it.
  if (is_known && ::setrlimit(what, &limit) == 0) return ok();
  return files::io_error("setrlimit");
}

/// When memory runs out the kernel ends it, and not the program that it works for. That is a wish.
void be_the_first_to_go() {
  constexpr int kReadiness = 300;  // Of 1000: as if it used this share of memory more.
  std::fstream file("/proc/self/oom_score_adj");
  int own = 0;
  if (!(file >> own)) return;
  file.seekp(0);
  file << std::min(own + kReadiness, 1000) << std::flush;
}

Status filter(int socket) {
  if (kSanitized) {
    FilterRules rules(SCMP_ACT_ALLOW);
    rules.all(SCMP_ACT_ERRNO(EACCES), kRefused);
    rules.all(SCMP_ACT_KILL_PROCESS, deadly_calls());
    return rules.load();
  }
  // Libraries that look for a file of theirs go on without it.
  FilterRules rules(SCMP_ACT_ERRNO(EACCES));
  rules.all(SCMP_ACT_ALLOW, kJailCalls);
  const auto own = static_cast<std::uint64_t>(socket);
  for (const char* const name : {"write", "writev", "sendto", "sendmsg"})
    rules.allow(name, {equals(0, own)});
  // No memory that was written becomes code, and none is written that RLIMIT_DATA does not count.
  rules.allow("mmap", {masked(2, PROT_EXEC, 0), masked(3, MAP_SHARED | MAP_GROWSDOWN, 0)});
  rules.allow("mprotect", {masked(2, PROT_EXEC, 0)});
  rules.allow("prlimit64", {equals(2, 0)});  // Asking, not setting.
  rules.allow("fcntl", {equals(1, F_DUPFD_CLOEXEC)});
  rules.allow("fcntl", {equals(1, F_GETFL)});
  rules.allow("tgkill", {equals(0, static_cast<std::uint64_t>(::getpid()))});  // abort().
  rules.all(SCMP_ACT_KILL_PROCESS, deadly_calls());
  rules.all(SCMP_ACT_KILL_PROCESS, helper_calls());
  return rules.load();
}

}  // namespace

Status enter_reader_jail(int socket, const JailBounds& bounds) {
  be_the_first_to_go();
  // No other process of the same user may look into it with a debugger, where mail of all accounts
  // passes.
  ::prctl(PR_SET_DUMPABLE, 0);
  RESTANTE_CHECKED(bound(RLIMIT_CORE, 0));
  RESTANTE_CHECKED(bound(RLIMIT_STACK, kJailStackBytes));
  RESTANTE_CHECKED(bound(RLIMIT_CPU, static_cast<std::uint64_t>(bounds.processor.count())));
  // The sanitizers' shadow takes terabytes of address space, and counts.
  if (!kSanitized) RESTANTE_CHECKED(bound(RLIMIT_DATA, bounds.memory_bytes));
  RESTANTE_CHECKED(no_new_privileges());
  return has_seccomp() ? filter(socket) : ok();
}

}  // namespace restante::process
