// restantectl: the clerk's tools. Only the frame; each command has a file of its own.
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/clock.h"
#include "console/command_line.h"
#include "journal/journal.h"
#include "process/file_modes.h"
#include "restantectl/acts.h"
#include "restantectl/commands.h"
#include "restantectl/tool_act.h"
#include "server/settings/parse.h"
#include "server/settings/places.h"

namespace {

using namespace restante::ctl;
namespace console = restante::console;
using restante::settings::Config;
using restante::settings::ServerFile;

const console::Overview kOverview{
    "accounts, aliases and maildrops of a Restante server.",
    {{"restantectl account add you@example.com", "Add an account; asks for its password"},
     {"restantectl account list", "All accounts"},
     {"restantectl maildrop list you@example.com", "The messages that wait for it"}}};

/// A command that can do without a configuration takes a given one, or one in the usual place that
/// it may read.
bool wants(const ServerFile& file, Enters enters) {
  if (enters == Enters::kNever) return false;
  return enters != Enters::kWithoutConfig || file.is_named ||
         ::access(file.path.c_str(), R_OK) == 0;
}

/// Nothing when the file has mistakes, which are told. They do not stop a command that can do
/// without a configuration and was given none.
std::optional<Config> load(const ServerFile& file, Enters enters) {
  if (!file.warning.empty()) static_cast<void>(fail(Exit::kConfig, "warning: " + file.warning));
  auto loaded = restante::settings::load_file(file.path);
  if (!loaded.config && enters == Enters::kAsksServer) {
    // The server runs with what was there before, and says itself what is wrong with it now.
    Config bare;
    bare.data_dir = restante::settings::data_dir_of(file.path);
    if (!bare.data_dir.empty()) return bare;
  }
  for (const std::string& mistake : loaded.mistakes)
    static_cast<void>(fail_lines(Exit::kConfig, mistake));
  const bool can_do_without = enters == Enters::kWithoutConfig && !file.is_named;
  if (!loaded.config && can_do_without) return Config();
  return std::move(loaded.config);
}

/// Nothing is written where no server has kept a journal yet.
void note_in_journal(const Office& office, const restante::journal::Act& act) {
  const restante::settings::Config& config = office.config();
  if (!config.journal.enabled) return;
  const auto noted = restante::journal::note_once(config.journal.folder(config.data_dir),
                                                  config.journal.limits(), act);
  if (!noted && noted.error().code != restante::Errc::kNotFound)
    static_cast<void>(fail(Exit::kIo, "not in the journal: " + noted.error().message()));
}

/// The act is done already: a line that cannot be written is no failure of it.
void write_down(const Office& office, const Act& act, const Actor& actor) {
  if (!is_act(act.command) || !office.entered()) return;
  const std::string text = act_line(act, actor, restante::system_clock().now());
  if (const auto written = write_act(office.config().data_dir, text); !written)
    static_cast<void>(fail(Exit::kIo, "not written down: " + written.error().message()));
  for (const auto& each : tool_acts(act, actor, restante::system_clock().now()))
    note_in_journal(office, each);
}

Exit run(const GlobalOptions& options, const Chosen& chosen,
         const std::vector<std::string>& typed) {
  const Actor actor = find_actor();
  const ServerFile file = restante::settings::server_file(options.config);
  const bool wanted = wants(file, chosen.enters);
  if (wanted && ::access(file.path.c_str(), R_OK) != 0 && errno == EACCES)
    return fail(Exit::kPermission, "no permission to read " + file.path.string());
  auto config = wanted ? load(file, chosen.enters) : Config();
  if (!config) return Exit::kConfig;
  const console::OutputSettings output{console::to_format(options.format), options.quiet,
                                       std::nullopt, false};
  Office office(std::move(*config), console::Output(output), file.path.string());
  if (chosen.enters == Enters::kBefore) {
    if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  }
  const Exit verdict = chosen.run(office);
  write_down(
      office,
      {chosen.name, words_behind(chosen.name, typed), static_cast<int>(verdict), office.details()},
      actor);
  std::cout.flush();
  const bool written = std::cout.good();
  return verdict == Exit::kOk && !written ? fail(Exit::kIo, "cannot write to stdout") : verdict;
}

}  // namespace

int main(int argc, char** argv) try {
  restante::process::make_files_private();
  CLI::App app("Accounts, aliases and maildrops of a Restante server", "restantectl");
  GlobalOptions options;
  Chosen chosen;
  add_everything(app, options, chosen);
  const int usage = static_cast<int>(Exit::kUsage);
  if (const auto ended = console::parse(app, argc, argv, kOverview, usage)) return *ended;
  return static_cast<int>(run(options, chosen, std::vector<std::string>(argv + 1, argv + argc)));
} catch (const std::exception& error) {
  return static_cast<int>(
      restante::ctl::fail(restante::ctl::Exit::kSoftware, std::string("bug: ") + error.what()));
}
