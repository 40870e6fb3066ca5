#include "fetch/secrets/secret_command.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/ascii.h"
#include "files/file.h"
#include "programs/hearing.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kOutputMax = 64U << 10;
constexpr std::size_t kTalkMax = 300;
constexpr int kNoSuchProgram = 127;  // Of sh, and of posix_spawnp in a child.

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

Result<programs::Child> start(const SecretCommand& command, programs::SpawnPlan& plan) {
  auto child = plan.start(command.words);
  if (child) return child;
  Error& error = child.error();
  error.code = error.code == Errc::kNotFound ? Errc::kAuth : Errc::kIo;
  error.detail.insert(0, command.name + ": ");
  return child;
}

Result<SecretString> run(const SecretCommand& command, const net::StopSignal& stop,
                         std::string& text) {
  RESTANTE_TRY(programs::Pipe output, programs::make_pipe());
  RESTANTE_TRY(programs::Pipe input, programs::make_pipe());
  programs::SpawnPlan plan(programs::Group::kOurs);
  plan.duplicate(output.write.number(), STDOUT_FILENO);
  if (!command.input.empty()) plan.duplicate(input.read.number(), STDIN_FILENO);
  files::Descriptor talk;
  if (command.takes_stderr) {
    // In memory: what a password program complains of may quote the password, and must be in no
    // file.
    talk.reset(::memfd_create("stderr", MFD_CLOEXEC));
    if (!talk.is_open()) return files::io_error("memfd_create");
    plan.duplicate(talk.number(), STDERR_FILENO);
  }
  RESTANTE_TRY(programs::Child child, start(command, plan));
  output.write.reset();
  // All of it fits into a pipe (64 KiB), so neither side waits for the other.
  RESTANTE_CHECKED(
      files::as_io(files::write_all(input.write, command.input, "cannot write to a program")));
  input.write.reset();
  programs::Hearing hearing;
  hearing.name = command.name;
  // A script may leave the printing to a program that it starts in the background.
  hearing.until = programs::Until::kSilence;
  hearing.timeout = command.timeout;
  hearing.stop = [&stop] { return stop.descriptor(); };
  hearing.take = [&](std::string_view piece) {
    append_secret(text, piece);
    if (text.size() <= kOutputMax) return ok();
    return Status(
        Error(Errc::kLimit, command.name + " prints more than 64 KiB: that is no secret"));
  };
  RESTANTE_CHECKED(programs::hear_out(child, output.read, hearing));
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
