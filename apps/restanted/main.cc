// restanted: the server. Command line, configuration, exit codes; the rest is src/server.
#include <malloc.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <new>
#include <sstream>

#include "config/key_mistakes.h"
#include "files/errors.h"
#include "process/file_modes.h"
#include "process/privileges.h"
#include "process/system_limits.h"
#include "server/common/log.h"
#include "server/common/postmaster.h"
#include "server/settings/parse.h"
#include "server/settings/places.h"
#include "server/start/account_files.h"
#include "server/start/archive_check.h"
#include "server/start/back_end_check.h"
#include "server/start/confinement.h"
#include "server/start/server.h"

namespace {

using restante::Errc;
using restante::Error;
using restante::Status;
using restante::settings::Config;

// sysexits.h
constexpr int kExitOk = 0;
constexpr int kExitUsage = 64;
constexpr int kExitSoftware = 70;
constexpr int kExitIo = 74;
constexpr int kExitTemporary = 75;
constexpr int kExitPermission = 77;
constexpr int kExitConfig = 78;

constexpr const char* kFooter =
    "Logs to stderr and says `ready` when all listeners are open.\n"
    "Signals: SIGTERM and SIGINT finish what is under way and end it; SIGHUP reads the\n"
    "configuration, the certificates and the accounts again.\n"
    "Exit codes: 0 ended by a signal, 64 usage, 70 a bug, 74 disk or network, or the system\n"
    "gives too few threads, files or too little memory,\n"
    "75 the data directory or an address is taken, or the address is not there yet,\n"
    "77 no permission, 78 configuration; with --ask also a back end that does not answer\n"
    "as it is configured.\n"
    "Configuration: docs/configuration.md; an example: packaging/restanted.toml.";

/// A configuration without mistakes, and where its keys stand.
struct Loaded {
  Config config;
  restante::config::Node root;
  std::string path;

  [[nodiscard]] int fail(const std::vector<restante::config::KeyMistake>& mistakes) const {
    for (const std::string& line : restante::config::locate(mistakes, root, path))
      std::cerr << line << '\n';
    return kExitConfig;
  }
};

std::optional<Loaded> load(const std::string& path) {
  auto result = restante::settings::load_file(path, restante::settings::Purpose::kServer);
  for (const std::string& mistake : result.mistakes) std::cerr << mistake << '\n';
  if (!result.config) return std::nullopt;
  return Loaded{std::move(*result.config), std::move(result.root), path};
}

/// The same while the server runs: mistakes are lines of the log.
restante::settings::LoadResult load_again(const std::string& path) {
  auto result = restante::settings::load_file(path, restante::settings::Purpose::kServer);
  for (const std::string& mistake : result.mistakes) spdlog::error("reload: {}", mistake);
  if (!result.config) spdlog::error("reload: settings kept as they were");
  return result;
}

/// An error of several lines becomes several lines of the log, each with its time and level.
void say_why_not(const restante::Error& error) {
  std::istringstream lines(error.message());
  for (std::string line; std::getline(lines, line);) spdlog::critical("cannot start: {}", line);
}

// Each connection and each open maildrop is a file descriptor.
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

int exit_code(Errc code) {
  if (code == Errc::kBusy) return kExitTemporary;
  if (code == Errc::kSyntax || code == Errc::kState) return kExitConfig;
  if (code == Errc::kAuth) return kExitPermission;
  return kExitIo;
}

Status run(const Loaded& loaded) {
  RESTANTE_TRY(const auto server, restante::server::Server::open(loaded.config, loaded.path));
  return server->run({loaded.root, [&path = loaded.path] { return load_again(path); }});
}

/// The same, where the system gives less than it takes: which of its limits that is.
Status run_within_limits(const Loaded& loaded) {
  namespace process = restante::process;
  const process::SystemLimits limits = process::look_at_limits();
  const auto descriptors_are_out = [](const std::string& text) {
    return process::allows_few_descriptors() ||
           text.find(restante::files::reason_of(EMFILE)) != text.npos;
  };
  try {
    Status ran = run(loaded);
    if (ran) return ran;
    Error& error = ran.error();
    if (error.detail.starts_with("no more threads") ||
        error.detail.starts_with("no more processes"))
      error.detail += ": " + process::limit_of_threads(limits);
    else if (exit_code(error.code) == kExitIo && descriptors_are_out(error.detail))
      error.detail += ": " + process::limit_of_descriptors();
    return ran;
  } catch (const std::bad_alloc&) {
    return Error(Errc::kLimit, "no more memory: " + process::limit_of_memory());
  } catch (const std::exception& failure) {  // Of an event loop's descriptors.
    if (!descriptors_are_out(failure.what())) throw;
    return Error(Errc::kLimit,
                 std::string(failure.what()) + ": " + process::limit_of_descriptors());
  }
}

int serve(const Loaded& loaded) {
  // Before a port is open: no client shall be taken and then left.
  const auto mistakes = restante::server::back_end_mistakes(loaded.config);
  if (!mistakes.empty()) return loaded.fail(mistakes);
  restante::server::set_up_log(loaded.config.server.log_level, loaded.config.log);
  raise_file_limit();
  const Status ran = run_within_limits(loaded);
  if (ran) return kExitOk;
  say_why_not(ran.error());
  return exit_code(ran.error().code);
}

/// --ask: as whom the server will run, since passwords, keys and passfiles are that user's.
int ask(const Loaded& loaded) {
  const auto user = restante::server::probable_identity(loaded.config);
  if (const restante::Status became = restante::process::become(user); !became) {
    std::cerr << "restanted: " << became.error().detail << '\n';
    return kExitPermission;
  }
  const auto asked = restante::server::ask_back_ends(loaded.config);
  for (const std::string& name : asked.answered)
    std::cout << loaded.path << ": asked " << name << ": answers\n";
  return asked.mistakes.empty() ? kExitOk : loaded.fail(asked.mistakes);
}

/// --check-config, of a configuration without mistakes of its own.
int check(const Loaded& loaded, bool ask_others) {
  const Config& config = loaded.config;
  const std::string& path = loaded.path;
  for (const std::string& warning : restante::server::confinement_warnings(config, path))
    std::cerr << path << ": warning: " << warning << '\n';
  if (const auto warning = restante::server::postmaster_warning(config); !warning.empty())
    std::cerr << path << ": warning: " << warning << '\n';
  const auto files = restante::server::check_account_files(config);
  for (const std::string& warning : files.warnings) std::cerr << "warning: " << warning << '\n';
  for (const std::string& mistake : files.mistakes) std::cerr << mistake << '\n';
  const auto mistakes = restante::server::back_end_mistakes(config);
  if (!mistakes.empty()) return loaded.fail(mistakes);
  if (!files.mistakes.empty()) return kExitConfig;
  if (const int code = ask_others ? ask(loaded) : kExitOk; code != kExitOk) return code;
  for (const std::string& warning : restante::server::archive_warnings(config, ask_others))
    std::cerr << path << ": warning: " << warning << '\n';
  std::cout << path << ": ok\n";
  return kExitOk;
}

/// Memory of large and short-lived work goes back to the system. By itself the heap learns to keep
/// up to 64 MiB for each thread, and there are some hundred of them.
void bound_heap() {
  constexpr int kPagesFrom = 1 << 20;
  constexpr int kKeptMax = 2 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kPagesFrom);
  ::mallopt(M_TRIM_THRESHOLD, kKeptMax);
}

}  // namespace

int main(int argc, char** argv) try {
  restante::server::hold_signals();
  bound_heap();
  // A peer that hangs up is an error code, not a signal; one SIGTERM is enough for each thread.
  std::signal(SIGPIPE, SIG_IGN);
  restante::process::make_files_private();
  CLI::App app(
      "restanted: takes mail in by LMTP and SMTP, keeps it in durable maildrops, hands it out by "
      "POP3.",
      "restanted");
  app.footer(kFooter);
  std::string named;
  bool check_only = false;
  bool ask_others = false;
  app.add_option("--config", named,
                 "The configuration (TOML); default: $RESTANTE_CONFIG, or "
                 "/etc/restante/restanted.toml")
      ->type_name("FILE")
      ->check(restante::settings::names_a_file);
  auto* const checking =
      app.add_flag("--check-config", check_only, "Check the configuration and end");
  app.add_flag("--ask", ask_others,
               "With --check-config: try each back end of the accounts, and the issuer of tokens")
      ->needs(checking);
  app.set_version_flag("--version", "restanted " RESTANTE_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  const restante::settings::ServerFile file = restante::settings::server_file(named);
  const std::string path = file.path.string();
  if (!file.warning.empty()) std::cerr << "restanted: warning: " << file.warning << '\n';
  const auto loaded = load(path);
  if (!loaded) return kExitConfig;
  return check_only ? check(*loaded, ask_others) : serve(*loaded);
} catch (const std::exception& error) {
  std::cerr << "restanted: bug: " << error.what() << '\n';
  return kExitSoftware;
}
