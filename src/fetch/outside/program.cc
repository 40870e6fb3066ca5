#include "fetch/outside/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ascii.h"
#include "files/errors.h"
#include "programs/hearing.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kSaidMax = 500;
constexpr int kBySignal = 128;

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

Result<programs::Child> start(const Program& program, int errors) {
  // A group of its own, so that a program that hangs is ended with all that it has started.
  programs::SpawnPlan plan(programs::Group::kOwn);
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
  auto child = plan.start(program.words, environment_with(program));
  if (!child && child.error().code != Errc::kNotFound) child.error().code = Errc::kIo;
  return child;
}

std::string in_one_line(std::string text) {
  if (text.size() > kSaidMax) text.erase(0, text.size() - kSaidMax);
  for (char& c : text)
    if (is_control(c)) c = ' ';
  return std::string(trim(text));
}

}  // namespace

Result<ProgramEnd> run_program(const Program& program, const net::StopSignal& stop) {
  RESTANTE_TRY(programs::Pipe pipe, programs::make_pipe());
  RESTANTE_TRY(programs::Child child, start(program, pipe.write.number()));
  pipe.write.reset();
  std::string said;
  programs::Hearing hearing;
  hearing.name = program.words.front();
  hearing.timeout = program.timeout;
  hearing.stop = [&stop] { return stop.descriptor(); };
  hearing.take = [&said](std::string_view piece) {
    said += piece;
    // The end is kept: programs say last why they fail.
    if (said.size() > 2 * kSaidMax) said.erase(0, said.size() - kSaidMax);
    return ok();
  };
  RESTANTE_CHECKED(programs::hear_out(child, pipe.read, hearing));
  const int status = child.wait();
  ProgramEnd end;
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : kBySignal + WTERMSIG(status);
  end.said = in_one_line(std::move(said));
  return end;
}

}  // namespace restante::fetch
