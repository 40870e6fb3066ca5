#include "fetch/outside/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
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
constexpr std::size_t kSaidMax = 500;
constexpr int kBySignal = 128;

Error failed(std::string_view call, int number) {
  return Error(number == ENOENT ? Errc::kNotFound : Errc::kIo,
               std::string(call) + ": " + files::reason_of(number));
}

std::vector<std::string> environment_with(const Program& program) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [own, value] : program.environment) replaced = replaced || own == name;
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : program.environment) {
    // A NUL would cut the value off, and must not come from a message.
    all.push_back(name + "=" + value.substr(0, value.find('\0')));
  }
  return all;
}

Result<pid_t> start(const Program& program, int errors) {
  SpawnPlan plan(Group::kOwn);
  if (program.input >= 0) {
    plan.duplicate(program.input, STDIN_FILENO);
  } else {
    plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  }
  if (program.wants_stdout) {
    plan.duplicate(errors, STDOUT_FILENO);
  } else {
    plan.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
  }
  plan.duplicate(errors, STDERR_FILENO);
  const pid_t child = plan.start(program.words, environment_with(program));
  if (child < 0) return failed(program.words.front(), -child);
  return child;
}

/// Reads what the program says until it closes stderr and ends.
Status wait_for(pid_t child, int errors, const Program& program, const net::StopSignal& stop,
                std::string& said) {
  const files::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (process.number() < 0) return failed("pidfd_open", errno);
  const Clock::time_point deadline = Clock::now() + program.timeout;
  for (;;) {
    std::array<pollfd, 3> waits{
        {{process.number(), POLLIN, 0}, {stop.descriptor(), POLLIN, 0}, {errors, POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Error(Errc::kTimeout, program.words.front() + " does not end");
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return failed("poll", errno);
    if (ready <= 0) continue;
    if (waits[1].revents != 0) return Error(Errc::kState, "stopped");
    std::array<char, 1024> piece{};
    const ssize_t count = waits[2].revents != 0 ? ::read(errors, piece.data(), piece.size()) : -1;
    if (count > 0) {
      said.append(piece.data(), static_cast<std::size_t>(count));
      if (said.size() > 2 * kSaidMax) said.erase(0, said.size() - kSaidMax);
    } else if (waits[0].revents != 0) {
      return ok();
    } else if (count == 0) {
      // It has closed stderr and goes on; from now on only its end is of interest.
      errors = -1;
    }
  }
}

std::string in_one_line(std::string text) {
  if (text.size() > kSaidMax) text.erase(0, text.size() - kSaidMax);
  for (char& c : text)
    if (is_control(c)) c = ' ';
  return std::string(trim(text));
}

}  // namespace

Result<ProgramEnd> run_program(const Program& program, const net::StopSignal& stop) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("pipe", errno);
  const files::Descriptor read_end(ends[0]);
  // Ours alone: a program does not expect that its stderr may be full.
  if (::fcntl(read_end.number(), F_SETFL, O_NONBLOCK) != 0) return failed("fcntl", errno);
  files::Descriptor write_end(ends[1]);
  RESTANTE_TRY(const pid_t pid, start(program, write_end.number()));
  Child child(pid, Group::kOwn);
  write_end.reset();
  ProgramEnd end;
  RESTANTE_CHECKED(wait_for(pid, read_end.number(), program, stop, end.said));
  const int status = child.wait();
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : kBySignal + WTERMSIG(status);
  end.said = in_one_line(std::move(end.said));
  return end;
}

}  // namespace restante::fetch
