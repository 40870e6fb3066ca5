// restante: collects mail and finds it again. Only the frame; each command has a file of its own.
#include <exception>
#include <iostream>

#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader/zygote.h"
#include "console/ascii_output.h"
#include "console/command_line.h"
#include "profile/load.h"
#include "profile/places.h"
#include "restante/commands.h"

namespace {

using namespace restante::cli;
namespace console = restante::console;
namespace profile = restante::profile;

const console::Overview kOverview{
    "collects mail by POP3, keeps it, and finds it again.",
    {{"restante account add you@example.com",
      "Find the server, test it, and write the configuration"},
     {"restante fetch", "Collect what is new, from all accounts"},
     {"restante list", "What has come; restante show NUMBER reads one"}}};

/// Nothing when it has mistakes, which are told; those of a file that no command needs are not.
std::optional<profile::Profile> load(const std::filesystem::path& file, Needs needs) {
  auto loaded = profile::load_file(file);
  if (loaded.profile) return std::move(loaded.profile);
  if (needs == Needs::kNothing) {
    profile::Profile empty;
    empty.file = file;
    return empty;
  }
  for (const std::string& mistake : loaded.mistakes)
    static_cast<void>(fail_lines(Exit::kConfig, mistake));
  if (::access(file.c_str(), F_OK) != 0)
    std::cerr << "restante: no configuration yet; `restante account add` makes one\n";
  return std::nullopt;
}

Exit run(const GlobalOptions& options, const Chosen& chosen) {
  const std::filesystem::path file = options.config.empty() ? profile::default_profile_file()
                                                            : std::filesystem::path(options.config);
  auto loaded = load(file, chosen.needs);
  if (!loaded) return Exit::kConfig;
  const Output out({console::to_format(options.format), options.quiet, kJsonVersion});
  const bool pager = out.text() && !options.no_pager && ::isatty(STDOUT_FILENO) == 1;
  Context context(std::move(*loaded), out, pager);
  const Exit verdict = chosen.run(context);
  std::cout.flush();
  const bool written = std::cout.good();
  return verdict == Exit::kOk && !written ? fail(Exit::kIo, "cannot write to stdout") : verdict;
}

/// While it lives, mail is read by processes of its own.
struct Readers {
  Readers() { restante::archive::start_readers(); }
  ~Readers() { restante::archive::end_readers(); }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
};

}  // namespace

int main(int argc, char** argv) try {
  ::umask(0077);  // Mail and tokens are their owner's alone.
  const Readers readers;
  const console::AsciiOutput ascii_where_the_terminal_says_so;
  CLI::App app("Collects mail by POP3, keeps it, and finds it again.", "restante");
  GlobalOptions options;
  Chosen chosen;
  add_everything(app, options, chosen);
  const int usage = static_cast<int>(Exit::kUsage);
  if (const auto ended = console::parse(app, argc, argv, kOverview, usage)) return *ended;
  return static_cast<int>(run(options, chosen));
} catch (const std::exception& error) {
  return static_cast<int>(
      restante::cli::fail(restante::cli::Exit::kSoftware, std::string("bug: ") + error.what()));
}
