#include "accounts/pam/processes.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

#include "accounts/pam/transaction.h"
#include "accounts/pam/wire.h"
#include "base/leftovers.h"
#include "base/secret_string.h"
#include "files/errors.h"

namespace restante::accounts::pam {
namespace {

// The process above the module's ends it in time; this limit is for a case in which it cannot.
constexpr std::chrono::seconds kBeyondModule{5};
constexpr std::chrono::minutes kTurnMax{1};
// A code that no module ends a process with.
constexpr int kAnswered = 86;

using Packet = std::array<char, kPacketBytesMax>;

ssize_t receive(int socket, Packet& packet, int flags) {
  ssize_t got = 0;
  do got = ::recv(socket, packet.data(), packet.size(), flags);
  while (got < 0 && errno == EINTR);
  return got;
}

void answer(int socket, std::uint64_t number, Status status) {
  const std::string packet = pack(Answer{number, std::move(status)});
  // The server may be gone: then there is no one to tell.
  static_cast<void>(::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL));
}

/// The signals as programs expect them that a module runs: the server blocks some.
void make_signals_usual() {
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGALRM, SIG_DFL);
}

/// The process of one question. What a module does to it ends with it.
[[noreturn]] void ask_and_end(int socket, const Settings& settings) {
  ::setpgid(0, 0);  // A script's signal to its group must not reach the server.
  make_signals_usual();
  // A module that hangs ends with its process.
  ::alarm(static_cast<unsigned>(settings.module_max.count()));
  Packet packet{};
  const ssize_t got = receive(socket, packet, 0);
  auto question =
      unpack_question({packet.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
  explicit_bzero(packet.data(), packet.size());
  if (!question) ::_exit(1);
  Status status = authenticate(settings, question->user, question->password, question->peer);
  wipe(question->password);
  answer(socket, question->number, std::move(status));
  // At once: destructors of a module's libraries have no business here.
  ::_exit(kAnswered);
}

std::string words_for(int ended, const Settings& settings) {
  if (WIFSIGNALED(ended) && WTERMSIG(ended) == SIGALRM)
    return "no answer within " + std::to_string(settings.module_max.count()) + " s";
  if (WIFSIGNALED(ended))
    return std::string("a module ended its process: ") + ::strsignal(WTERMSIG(ended));
  return "a module ended its process";
}

/// The number of the question that lies there; nullopt: none. Ends with the server.
std::optional<std::uint64_t> look_at_question(int socket, int flags) {
  Packet packet{};
  const ssize_t got = receive(socket, packet, MSG_PEEK | flags);
  if (got < 0 && errno == EAGAIN) return std::nullopt;
  if (got <= 0) ::_exit(0);
  std::uint64_t number = 0;
  std::memcpy(&number, packet.data(), sizeof number);
  explicit_bzero(packet.data(), packet.size());
  return number;
}

/// After a process that ended without an answer: the question may still be unread.
void answer_instead(int socket, std::uint64_t number, const std::string& words,
                    const Settings& settings) {
  // Read by the process that died, or not: only a look at the socket tells.
  if (look_at_question(socket, MSG_DONTWAIT) == number) {
    Packet packet{};
    static_cast<void>(receive(socket, packet, MSG_DONTWAIT));
    explicit_bzero(packet.data(), packet.size());
  }
  answer(socket, number, Error(Errc::kIo, "PAM service " + settings.service + ": " + words));
}

/// Programs that a module started and did not wait for have become this process's children.
void end_what_is_left() {
  // Each round kills one generation.
  constexpr int kRoundsMax = 16;  // Each may have some of its own.
  for (int round = 0; round < kRoundsMax; ++round) {
    std::ifstream children("/proc/thread-self/children");
    pid_t child = 0;
    bool any = false;
    while (children >> child) {
      any = true;
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    if (!any) return;
  }
}

[[noreturn]] void serve(int socket, const Settings& settings) {
  for (;;) {
    const std::uint64_t number = *look_at_question(socket, 0);
    const pid_t child = ::fork();
    if (child == 0) ask_and_end(socket, settings);
    if (child < 0) {
      answer_instead(socket, number, std::string("no process: ") + files::reason_of(errno),
                     settings);
      continue;
    }
    int ended = 0;
    while (::waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }  // Programs that the module left behind.
    // It has answered, and only then counts as well.
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == kAnswered) continue;
    end_what_is_left();
    answer_instead(socket, number, words_for(ended, settings), settings);
  }
}

/// The listeners and the lock on data_dir are the server's alone. Its log stays, for modules'
/// words.
void close_all_but(int socket) {
  const auto fd = static_cast<unsigned>(socket);
  if (fd > 3) ::close_range(3, fd - 1, 0);
  ::close_range(fd + 1, ~0U, 0);
}

}  // namespace

struct Processes::Process {
  ~Process() {
    if (socket >= 0) ::close(socket);  // The process ends when its socket closes.
    if (id > 0) ::waitpid(id, nullptr, 0);
  }
  int socket = -1;
  pid_t id = -1;
  std::uint64_t questions = 0;
};

Processes::Processes(std::chrono::seconds answer_max) : answer_max_(answer_max) {}
Processes::~Processes() = default;

Result<std::unique_ptr<Processes>> Processes::start(const Settings& settings) {
  std::unique_ptr<Processes> out(new Processes(settings.module_max + kBeyondModule));
  for (std::size_t i = 0; i < settings.connections; ++i) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
      return files::io_error("PAM: no socket");
    auto process = std::make_unique<Process>();
    process->socket = pair[0];
    process->id = ::fork();
    // With a name of its own, so that an operator sees what it is in a list of processes.
    if (process->id == 0) {
      // What a module leaves behind becomes its child, and not init's.
      ::prctl(PR_SET_NAME, "restanted-pam");
      ::prctl(PR_SET_CHILD_SUBREAPER, 1);
      close_all_but(pair[1]);
      serve(pair[1], settings);
    }
    const int why = errno;
    ::close(pair[1]);
    if (process->id < 0)
      return Error(Errc::kLimit, std::string("no more processes for PAM (accounts.connections): ") +
                                     files::reason_of(why));
    out->free_.push_back(process.get());
    out->all_.push_back(std::move(process));
  }
  return out;
}

Result<Processes::Process*> Processes::acquire() {
  std::unique_lock lock(mutex_);
  const auto some = [this] {
    take_back_silent();
    return !free_.empty() || ended_ == all_.size();
  };
  // A minute: every process has had the time of a whole answer.
  if (!changed_.wait_for(lock, kTurnMax, some))
    return Error(Errc::kIo, "PAM: all processes wait for an answer");
  if (free_.empty())
    return Error(Errc::kIo, "PAM: all its processes have ended; restart the server");
  // The one that was used last is in the processor's cache.
  Process* const process = free_.back();
  free_.pop_back();
  return process;
}

void Processes::release(Process* process, State state) {
  const std::lock_guard lock(mutex_);
  switch (state) {
    case State::kFree: free_.push_back(process); break;
    case State::kSilent: silent_.push_back(process); break;
    case State::kEnded: ++ended_; break;
  }
  changed_.notify_all();
}

/// Under the mutex. Processes whose late answer has come are free again.
void Processes::take_back_silent() {
  const auto is_silent = [](const Process* process) {
    pollfd waiting{process->socket, POLLIN, 0};
    return ::poll(&waiting, 1, 0) <= 0;
  };
  const auto spoke = std::partition(silent_.begin(), silent_.end(), is_silent);
  free_.insert(free_.end(), spoke, silent_.end());
  silent_.erase(spoke, silent_.end());
}

namespace {

/// nullopt: the process has ended. Passes over late answers to earlier questions.
std::optional<Status> wait_for_answer(int socket, std::uint64_t number,
                                      std::chrono::seconds answer_max) {
  const auto deadline = std::chrono::steady_clock::now() + answer_max;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{socket, POLLIN, 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Error(Errc::kTimeout, "PAM: no answer from its process");
    Packet packet{};
    const ssize_t got = receive(socket, packet, 0);
    if (got <= 0) return std::nullopt;
    auto answer = unpack_answer({packet.data(), static_cast<std::size_t>(got)});
    if (answer && answer->number == number) return std::move(answer->status);
  }
}

}  // namespace

std::optional<Status> Processes::ask_one(Process& process, Question& question) const {
  question.number = ++process.questions;
  auto packet = pack(question);
  // Longer than any password may be.
  if (!packet) return Error(Errc::kAuth, "not a possible password");
  const ssize_t sent = ::send(process.socket, packet->data(), packet->size(), MSG_NOSIGNAL);
  wipe(*packet);
  if (sent < 0) return std::nullopt;
  return wait_for_answer(process.socket, question.number, answer_max_);
}

Status Processes::ask(const std::string& user, std::string_view password, std::string_view peer) {
  Question question{0, user, std::string(password), std::string(peer)};
  std::optional<Status> status;
  while (!status) {
    auto process = acquire();
    if (!process) {
      status = process.error();
      break;
    }
    status = ask_one(**process, question);
    // A killed process gets no more questions. A hanging one gets the next when it has answered.
    const bool is_silent = status && !*status && status->error().code == Errc::kTimeout;
    release(*process, !status ? State::kEnded : is_silent ? State::kSilent : State::kFree);
    if (is_silent) status = Error(Errc::kIo, status->error().detail);
  }
  wipe(question.password);
  wipe_stack();  // Last: the wait before it left a part of the password on the stack.
  return *std::move(status);
}

}  // namespace restante::accounts::pam
