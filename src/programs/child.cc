#include "programs/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "files/errors.h"

namespace restante::programs {
namespace {

/// posix_spawn() takes pointers to char that it does not write to.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

SpawnPlan::SpawnPlan(Group group) : group_(group) {
  ::posix_spawn_file_actions_init(&actions_);
  ::posix_spawnattr_init(&attributes_);
  sigset_t none;
  sigset_t usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  // A child inherits blocked and ignored signals: one that ignores SIGPIPE or SIGTERM might never
  // end.
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&usual, signal);
  ::posix_spawnattr_setsigmask(&attributes_, &none);
  ::posix_spawnattr_setsigdefault(&attributes_, &usual);
  ::posix_spawnattr_setpgroup(&attributes_, 0);
  const int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                    (group == Group::kOwn ? POSIX_SPAWN_SETPGROUP : 0);
  ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
}

SpawnPlan::~SpawnPlan() {
  ::posix_spawn_file_actions_destroy(&actions_);
  ::posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::duplicate(int from, int to) {
  ::posix_spawn_file_actions_adddup2(&actions_, from, to);
}

void SpawnPlan::open(int to, const char* path, int flags) {
  ::posix_spawn_file_actions_addopen(&actions_, to, path, flags, 0);
}

Result<Child> SpawnPlan::start(const std::vector<std::string>& words) {
  return spawn(words, environ);
}

Result<Child> SpawnPlan::start(const std::vector<std::string>& words,
                               const std::vector<std::string>& environment) {
  return spawn(words, pointers(environment).data());
}

Result<Child> SpawnPlan::spawn(const std::vector<std::string>& words, char* const* environment) {
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, words.front().c_str(), &actions_, &attributes_,
                                    pointers(words).data(), environment);
  if (failed == 0) return Child(pid, group_);
  return Error(files::code_of(failed), words.front() + ": " + files::reason_of(failed));
}

Child::~Child() {
  if (pid_ <= 0) return;
  // Its group, too: a shell's children would keep the pipe open.
  ::kill(group_ == Group::kOwn ? -pid_ : pid_, SIGKILL);
  static_cast<void>(wait());
}

int Child::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = 0;
  return status;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  // Closed in all children but the one that gets it: else a pipe has no end while another child
  // lives.
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return files::io_error("pipe");
  return Pipe{files::Descriptor(ends[0]), files::Descriptor(ends[1])};
}

}  // namespace restante::programs
