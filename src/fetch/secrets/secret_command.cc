#include "fetch/secrets/secret_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/ascii.h"
#include "fetch/outside/child.h"
#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::fetch {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kOutputMax = 64U << 10;
constexpr std::size_t kTalkMax = 300;
constexpr int kNoSuchProgram = 127;  // Of sh, and of posix_spawnp in a child.

std::string reason(int number) { return files::reason_of(number); }

struct Pipe {
  files::Descriptor read;
  files::Descriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error(Errc::kIo, "pipe: " + reason(errno));
  return Pipe{files::Descriptor(ends[0]), files::Descriptor(ends[1])};
}

/// Appends what comes until the end. Errors: as run_secret_command().
Status collect(int from, const SecretCommand& command, const net::StopSignal& stop,
               std::string& text) {
  const Clock::time_point deadline = Clock::now() + command.timeout;
  std::array<char, 4096> piece{};
  for (;;) {
    std::array<pollfd, 2> waits{{{from, POLLIN, 0}, {stop.descriptor(), POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Error(Errc::kTimeout, command.name + " does not end; it was killed");
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return Error(Errc::kIo, "poll: " + reason(errno));
    if (ready > 0 && waits[1].revents != 0) return Error(Errc::kState, "interrupted");
    if (ready <= 0 || waits[0].revents == 0) continue;
    const ssize_t count = ::read(from, piece.data(), piece.size());
    if (count < 0 && errno != EINTR) return Error(Errc::kIo, command.name + ": " + reason(errno));
    if (count == 0) return ok();
    if (count < 0) continue;
    append_secret(text, std::string_view(piece.data(), static_cast<std::size_t>(count)));
    ::explicit_bzero(piece.data(), piece.size());
    if (text.size() > kOutputMax)
      return Error(Errc::kLimit, command.name + " prints more than 64 KiB: that is no secret");
  }
}

/// What was written into a file, as one line.
std::string read_talk(int file) {
  std::array<char, kTalkMax> piece{};
  const ssize_t count = ::pread(file, piece.data(), piece.size(), 0);
  std::string text(piece.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  for (char& c : text)
    if (is_control(c)) c = ' ';
  return std::string(trim(text));
}

Status judge(const SecretCommand& command, int status, int talk) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok();
  if (talk >= 0 && WIFEXITED(status)) {
    const std::string said = read_talk(talk);
    if (said.empty() && WEXITSTATUS(status) == 1)
      return Error(Errc::kNotFound, command.name + " has nothing");
    if (!said.empty()) return Error(Errc::kAuth, command.name + ": " + said);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoSuchProgram)
    return Error(Errc::kAuth, command.name + ": there is no such program");
  if (WIFEXITED(status))
    return Error(Errc::kAuth, fmt::format("{} ended with {}; run it by hand", command.name,
                                          WEXITSTATUS(status)));
  return Error(Errc::kAuth,
               fmt::format("{} was ended by signal {}", command.name, WTERMSIG(status)));
}

/// All of the input fits into a pipe (64 KiB), so nobody waits for anybody.
Status feed(files::Descriptor target, std::string_view input) {
  const ssize_t written = ::write(target.number(), input.data(), input.size());
  if (written == static_cast<ssize_t>(input.size())) return ok();
  return Error(Errc::kIo, "cannot write to a program: " + reason(errno));
}

Result<SecretString> run(const SecretCommand& command, const net::StopSignal& stop,
                         std::string& text) {
  RESTANTE_TRY(Pipe output, make_pipe());
  RESTANTE_TRY(Pipe input, make_pipe());
  SpawnPlan plan(Group::kOurs);
  plan.duplicate(output.write.number(), STDOUT_FILENO);
  if (!command.input.empty()) plan.duplicate(input.read.number(), STDIN_FILENO);
  files::Descriptor talk;
  if (command.takes_stderr) {
    talk.reset(::memfd_create("stderr", MFD_CLOEXEC));
    if (!talk.is_open()) return Error(Errc::kIo, "memfd_create: " + reason(errno));
    plan.duplicate(talk.number(), STDERR_FILENO);
  }
  const pid_t started = plan.start(command.words);
  if (started < 0)
    return Error(started == -ENOENT ? Errc::kAuth : Errc::kIo,
                 fmt::format("{}: {}: {}", command.name, command.words.front(), reason(-started)));
  Child child(started, Group::kOurs);
  output.write.reset();
  if (!command.input.empty()) RESTANTE_CHECKED(feed(std::move(input.write), command.input));
  RESTANTE_CHECKED(collect(output.read.number(), command, stop, text));
  RESTANTE_CHECKED(judge(command, child.wait(), talk.number()));
  return SecretString(text);
}

}  // namespace

std::vector<std::string> shell_words(const std::string& line,
                                     const std::vector<std::string>& words) {
  return words.empty() ? std::vector<std::string>{"/bin/sh", "-c", line} : words;
}

Result<SecretString> run_secret_command(const SecretCommand& command, const net::StopSignal& stop) {
  std::string text;
  auto result = run(command, stop, text);
  wipe(text);
  return result;
}

SecretString first_line(const SecretString& text) {
  std::string_view line = text.view();
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return SecretString(line);
}

}  // namespace restante::fetch
