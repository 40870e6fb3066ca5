#include "archive/reader/zygote.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <mutex>
#include <vector>

#include "archive/reader/jail_warm_up.h"
#include "archive/reader/wire.h"
#include "documents/pdf_text.h"
#include "files/errors.h"
#include "process/descriptors.h"
#include "process/reader_jail.h"
#include "process/seccomp.h"

namespace restante::archive {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kOwnSocket = 3;  // Of the zygote, and of each reader. Below it is /dev/null.
// A reader that has used this much makes room for a new one: its limits are for its whole life.
constexpr std::chrono::seconds kReaderTimeMax{2};
constexpr long kReaderMemoryKibMax = 192L << 10;
constexpr std::size_t kIdleMax = 4;
// The zygote answers at once, unless it was stopped or loads the library for PDF files from a slow
// disk.
constexpr timeval kBirthTime{10, 0};
constexpr timeval kBirthTimeWithPdf{60, 0};
constexpr std::chrono::minutes kRest{1};  // How long a silent zygote is left alone.

// What the zygote is asked for.
constexpr char kAsk = 'r';
constexpr char kAskWithPdf = 'p';

/// What the zygote answers with, beside the line and the pidfd.
struct Born {
  pid_t id = 0;  // Negative: errno.
};

bool has_read_enough() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return true;
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec >= kReaderTimeMax.count() ||
         (!process::kSanitized && usage.ru_maxrss > kReaderMemoryKibMax);
}

FrameKind kind_of(const Error& error) {
  return error.code == Errc::kNotFound ? FrameKind::kNothing : FrameKind::kTrouble;
}

/// The life of a reader in its jail.
void answer_until_the_end(const AnswerFunction& answerer) {
  const auto send_piece = [](std::string_view octets) -> Status {
    if (send_frame(kOwnSocket, FrameKind::kPiece, false, octets)) return ok();
    ::_exit(EXIT_SUCCESS);
  };
  for (;;) {
    auto frame = receive_frame(kOwnSocket);
    if (!frame || frame->kind != FrameKind::kRequest) return;
    const auto request = unpack_request(frame->octets);
    if (!request) return;
    const auto answered = answerer(*request, std::move(frame->file), send_piece);
    if (text::pdf_module() == text::PdfModule::kNotLoaded && text::take_pdf_missed()) {
      send_frame(kOwnSocket, FrameKind::kPdf, true, {});
      return;
    }
    const bool is_last = has_read_enough();
    const bool is_heard = answered ? send_frame(kOwnSocket, FrameKind::kAnswer, is_last, *answered)
                                   : send_frame(kOwnSocket, kind_of(answered.error()), is_last,
                                                answered.error().detail);
    if (!is_heard || is_last) return;
  }
}

[[noreturn]] void be_a_reader(int socket, const AnswerFunction& answerer) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "restante-reader");
  ::dup2(socket, kOwnSocket);
  const bool is_alone = process::close_descriptors(kOwnSocket + 1, ~0U);
  warm_up();
  const Status jailed = is_alone ? process::enter_reader_jail(kOwnSocket, {})
                                 : Status(Error(Errc::kIo, "its descriptors cannot be closed"));
  if (!jailed) {
    send_frame(kOwnSocket, FrameKind::kUnfit, true, jailed.error().message());
    ::_exit(EXIT_FAILURE);
  }
  try {
    answer_until_the_end(answerer);
  } catch (const std::exception&) {
    ::_exit(EXIT_FAILURE);  // Out of memory, as a rule. The asking process sees the line end.
  }
  ::_exit(EXIT_SUCCESS);
}

/// To the asking process: the number, and the descriptors.
bool send_born(int socket, Born born, int line, int process) {
  std::array<int, 2> files = {line, process};
  const std::size_t count = line < 0 ? 0 : process < 0 ? 1 : 2;
  iovec piece{&born, sizeof born};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (count > 0) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(rights), files.data(), count * sizeof(int));
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof born;
}

/// False: the asking process is gone.
bool bear_one(const AnswerFunction& answerer) {
  char asked = 0;
  ssize_t count = 0;
  do {
    count = ::recv(kOwnSocket, &asked, 1, 0);
  } while (count < 0 && errno == EINTR);
  if (count != 1) return false;
  if (asked == kAskWithPdf) text::load_pdf_module();
  std::array<int, 2> line{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line.data()) != 0)
    return send_born(kOwnSocket, {-errno}, -1, -1);
  const pid_t reader = ::fork();
  if (reader == 0) be_a_reader(line[1], answerer);
  const Descriptor ours(line[0]);
  const Descriptor its(line[1]);
  if (reader < 0) return send_born(kOwnSocket, {-errno}, -1, -1);
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, reader, 0)));
  return send_born(kOwnSocket, {reader}, ours.number(), process.number());
}

[[noreturn]] void be_the_zygote(int socket, const AnswerFunction& answerer) {
  // Keys of the terminal and a service's end are for who it works for; this one ends with its line.
  ::setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2})
    ::signal(number, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);  // Readers that end are no zombies.
  const int high = ::fcntl(socket, F_DUPFD, kOwnSocket + 1);
  static_cast<void>(process::close_descriptors(0, static_cast<unsigned>(high) - 1));
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (nothing != standard) ::dup2(nothing, standard);
  ::dup2(high, kOwnSocket);
  static_cast<void>(::chdir("/"));  // No file system is kept busy.
  ::prctl(PR_SET_NAME, "restante-zygote");
  // Where that fails each reader finds it, and reads nothing.
  static_cast<void>(process::close_descriptors(kOwnSocket + 1, ~0U));
  while (bear_one(answerer)) continue;
  ::_exit(EXIT_SUCCESS);
}

/// The one of this process.
struct Zygote {
  std::mutex mutex;  // One question at a time.
  Descriptor socket;
  std::vector<Line> idle;
  pid_t id = 0;
  char owed = 0;  // The request that it has not answered yet.
  Clock::time_point rests_until;
  std::atomic<bool> is_wanted{false};
  std::string failure;
};

Zygote& zygote() {
  static Zygote only;
  return only;
}

Error no_reader(const std::string& why) {
  return Error(Errc::kClosed, "no process can be started that reads mail: " + why);
}

Error no_reader(int number) {
  switch (number) {
    case EAGAIN: return no_reader("too many are running");
    case EPIPE:
    case ECONNRESET: return no_reader("what starts it was ended; start restante again");
    default: return no_reader(files::reason_of(number));
  }
}

Error silent_zygote() { return no_reader("what starts it does not answer"); }

struct Birth {
  Born born;
  Descriptor line;
  Descriptor process;
};

/// Errors: errno; 0: the zygote is gone.
tl::expected<Birth, int> receive_birth(int socket) {
  Birth birth;
  iovec piece{&birth.born, sizeof birth.born};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t count = 0;
  do {
    count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count != sizeof birth.born) return tl::unexpected(count < 0 ? errno : 0);
  std::array<int, 2> files = {-1, -1};
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS && rights->cmsg_len > CMSG_LEN(0))
    std::memcpy(files.data(), CMSG_DATA(rights),
                std::min(rights->cmsg_len - CMSG_LEN(0), sizeof files));
  birth.line = Descriptor(files[0]);
  birth.process = Descriptor(files[1]);
  return birth;
}

/// The one that was asked for. One that does not come stays owed.
Result<Line> awaited(Zygote& only) {
  const timeval& patience = only.owed == kAskWithPdf ? kBirthTimeWithPdf : kBirthTime;
  ::setsockopt(only.socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  auto birth = receive_birth(only.socket.number());
  if (!birth && (birth.error() == EAGAIN || birth.error() == EWOULDBLOCK)) {
    only.rests_until = Clock::now() + kRest;
    return silent_zygote();
  }
  only.owed = 0;
  if (!birth) return no_reader(birth.error() == 0 ? EPIPE : birth.error());
  if (birth->born.id < 0) return no_reader(-birth->born.id);
  // The kernel leaves a descriptor out when our table has no number left.
  if (!birth->line.is_open()) return no_reader(EMFILE);
  return Line(std::move(birth->line), std::move(birth->process), birth->born.id);
}

Result<Line> new_reader(Zygote& only, char ask) {
  if (!only.socket.is_open())
    return Error(Errc::kClosed, only.failure.empty() ? "no reader was started" : only.failure);
  if (Clock::now() < only.rests_until) return silent_zygote();
  if (only.owed == kAsk && ask == kAskWithPdf) {
    // One that comes late may lack the library, and ends here.
    if (const auto late = awaited(only); !late && only.owed != 0) return late.error();
  }
  if (only.owed == 0) {
    if (::send(only.socket.number(), &ask, 1, MSG_NOSIGNAL) != 1) return no_reader(errno);
    only.owed = ask;
  }
  return awaited(only);
}

}  // namespace

bool has_readers() { return zygote().is_wanted; }

void start_readers(const AnswerFunction& answerer) {
  Zygote& only = zygote();
  only.is_wanted = true;
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    only.failure = no_reader(errno).detail;
    return;
  }
  only.id = ::fork();
  if (only.id == 0) be_the_zygote(pair[1], answerer);
  const Descriptor its(pair[1]);
  Descriptor ours(pair[0]);
  if (only.id < 0)
    only.failure = no_reader(errno).detail;
  else
    only.socket = std::move(ours);
}

void end_readers() {
  Zygote& only = zygote();
  const std::lock_guard lock(only.mutex);
  only.idle.clear();
  only.socket = Descriptor();
  only.is_wanted = false;
  only.failure.clear();
  only.owed = 0;
  only.rests_until = {};
  // It ends when its line does, unless it was stopped; its readers end with it.
  if (only.id > 0) ::kill(only.id, SIGKILL);
  while (only.id > 0 && ::waitpid(only.id, nullptr, 0) < 0 && errno == EINTR) continue;
  only.id = 0;
}

Result<Lent> lend_reader(Which which) {
  Zygote& only = zygote();
  const std::lock_guard lock(only.mutex);
  while (which == Which::kAny && !only.idle.empty()) {
    Lent lent{std::move(only.idle.back()), false};
    only.idle.pop_back();
    // Octets that it sends before it is asked would be taken for the answer.
    if (lent.line.is_quiet()) return lent;
  }
  RESTANTE_TRY(Line line, new_reader(only, which == Which::kWithPdf ? kAskWithPdf : kAsk));
  return Lent{std::move(line), true};
}

void give_back(Line line) {
  if (line.is_worn()) return;
  Zygote& only = zygote();
  const std::lock_guard lock(only.mutex);
  if (only.is_wanted && only.idle.size() < kIdleMax) only.idle.push_back(std::move(line));
}

}  // namespace restante::archive
