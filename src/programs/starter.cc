#include "programs/starter.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "files/errors.h"

namespace restante::programs {
namespace {

constexpr std::size_t kRequestBytesMax = 65536;
constexpr std::size_t kEnds = 2;  // That a request brings: for the output, and for the ending.
constexpr int kNotStarted = 127;

Error failed(const char* call) {
  return Error(Errc::kIo, std::string(call) + ": " + files::reason_of(errno));
}

/// A message with room for the descriptors of a request.
struct Envelope {
  Envelope(void* bytes, std::size_t size) : text{bytes, size} {
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  }
  iovec text;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kEnds)> control{};
  msghdr message{};
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// In a process of its own: starts the program, waits for it, and says how it has ended.
[[noreturn]] void run(const std::vector<std::string>& words, int output, int ending) {
  ::signal(SIGCHLD, SIG_DFL);
  int status = kNotStarted << 8;
  SpawnPlan plan(Group::kOurs);
  plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  plan.duplicate(output, STDOUT_FILENO);
  if (auto child = plan.start(words)) {
    ::close(output);  // Else the reader would not see the program close it.
    status = child->wait();
  }
  static_cast<void>(::write(ending, &status, sizeof(status)));
  ::_exit(0);
}

[[noreturn]] void serve(int line, const std::vector<std::string>& front) {
  ::signal(SIGCHLD, SIG_IGN);
  // Ctrl-C is for the one that asks: this one ends when the asking process is gone.
  ::signal(SIGINT, SIG_IGN);
  std::string text(kRequestBytesMax, '\0');
  for (;;) {
    Envelope envelope(text.data(), text.size());
    const ssize_t count = ::recvmsg(line, &envelope.message, MSG_CMSG_CLOEXEC);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) ::_exit(0);
    const cmsghdr* const head = CMSG_FIRSTHDR(&envelope.message);
    if (head == nullptr || head->cmsg_len != CMSG_LEN(sizeof(int) * kEnds)) continue;
    std::array<int, kEnds> ends{};
    std::memcpy(ends.data(), CMSG_DATA(head), sizeof(ends));
    std::vector<std::string> words = front;
    for (std::string& word :
         split(std::string_view(text).substr(0, static_cast<std::size_t>(count))))
      words.push_back(std::move(word));
    if (::fork() == 0) run(words, ends[0], ends[1]);
    for (const int end : ends) ::close(end);
  }
}

}  // namespace

Result<Starter> Starter::fork_off(const std::vector<std::string>& front) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return failed("socketpair");
  files::Descriptor ours(ends[0]);
  const files::Descriptor theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return failed("fork");
  if (pid == 0) {
    ours.reset();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(theirs.number(), front);
  }
  return Starter(std::move(ours), pid);
}

Result<Started> Starter::start(const std::vector<std::string>& words) const {
  std::string text;
  for (const std::string& word : words) text.append(word).push_back('\0');
  if (text.empty() || text.size() > kRequestBytesMax) return Error(Errc::kLimit, "too many words");
  RESTANTE_TRY(Pipe output, make_pipe());
  RESTANTE_TRY(Pipe ending, make_pipe());
  Envelope envelope(text.data(), text.size());
  cmsghdr* const head = CMSG_FIRSTHDR(&envelope.message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int) * kEnds);
  const std::array<int, kEnds> ends{output.write.number(), ending.write.number()};
  std::memcpy(CMSG_DATA(head), ends.data(), sizeof(ends));
  ssize_t sent = 0;
  do sent = ::sendmsg(line_.number(), &envelope.message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return failed("sendmsg");
  return Started{std::move(output.read), std::move(ending.read)};
}

Result<int> exit_code_of(const Started& started) {
  int status = 0;
  ssize_t count = 0;
  do count = ::read(started.ending.number(), &status, sizeof(status));
  while (count < 0 && errno == EINTR);
  if (count != sizeof(status)) return Error(Errc::kIo, "nobody says how a program has ended");
  constexpr int kSignalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace restante::programs
