#include "restante/keeping/backup_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "archive/care/backup.h"
#include "archive/care/restore.h"
#include "archive/database/archive_id.h"
#include "archive/database/database.h"
#include "archive/mailbox/synced_copies.h"
#include "base/clock.h"
#include "base/numbers.h"
#include "config/file.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "profile/load.h"
#include "restante/frame/archive_claim.h"
#include "restante/frame/signals.h"
#include "restante/keeping/backup_configuration.h"

namespace restante::cli {
namespace {

struct Options {
  std::string folder;
  bool incremental = false;
  bool with_secrets = false;
};

std::int64_t now() {
  return std::chrono::floor<std::chrono::seconds>(system_clock().now()).time_since_epoch().count();
}

/// "WORD 300 of 100000 messages" on a terminal, written over; and an end by Ctrl-C.
class Counting {
 public:
  Counting(std::string word, const Output& out, const net::StopSignal& stop)
      : word_(std::move(word)), shown_(!out.quiet() && ::isatty(STDERR_FILENO) == 1), stop_(stop) {}

  archive::BackupWatch watch() {
    archive::BackupWatch watch;
    watch.progress = [this](std::uint64_t done, std::uint64_t total) {
      if (shown_)
        std::cerr << fmt::format("\r{} {} of {}", word_, done, counted(total, "message"))
                  << std::flush;
      any_ = any_ || shown_;
      return !stop_.raised();
    };
    watch.on_damage = [this](const std::string& line) {
      take_away();
      static_cast<void>(fail(Exit::kData, line));
    };
    return watch;
  }
  void take_away() {
    if (any_) std::cerr << "\r\x1B[K";
    any_ = false;
  }

 private:
  const std::string word_;
  const bool shown_;
  const net::StopSignal& stop_;
  bool any_ = false;
};

Exit failed(const Error& error) {
  return error.code == Errc::kState && error.detail.find("ended") != std::string::npos
             ? fail(Exit::kInterrupted, error.detail)
             : fail(error);
}

Result<archive::BackupOptions> options_of(const Context& context, const Options& options) {
  archive::BackupOptions wanted;
  if (options.incremental) wanted.earlier = archive::EarlierCopies::kTrusted;
  wanted.now = now();
  wanted.configuration_file = context.profile().file.string();
  RESTANTE_TRY(auto configuration,
               configuration_of(context.profile(),
                                options.with_secrets ? Secrets::kKept : Secrets::kLeftOut));
  if (!configuration)
    context.out().note(
        "the configuration is not in the backup: its passwords cannot be left out of it "
        "(--with-secrets takes it as it is)");
  wanted.configuration = std::move(configuration);
  return wanted;
}

Exit run_backup(Context& context, const Options& options) {
  const archive::Path& path = context.profile().archive;
  if (const Status checked = check_archive(context); !checked) return fail(checked.error());
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  const auto wanted = options_of(context, options);
  if (!wanted) return fail(wanted.error());
  Counting counting("backing up", context.out(), **stop);
  const auto done = archive::back_up(path, options.folder, *wanted, counting.watch());
  counting.take_away();
  if (!done) return failed(done.error());
  if (!context.out().text())
    context.out().print({{"folder", options.folder},
                         {"serial", done->serial},
                         {"messages", done->messages},
                         {"copied", done->copied},
                         {"copied_bytes", done->copied_bytes},
                         {"damaged", done->damaged}});
  context.out().note(fmt::format("{} in the backup, {} of them copied now ({})",
                                 counted(done->messages, "message"), done->copied,
                                 console::human_bytes(static_cast<double>(done->copied_bytes))));
  return done->damaged > 0 ? Exit::kData : Exit::kOk;
}

/// The configuration that is here; else the backup's, put in its place.
Result<profile::Profile> profile_for(const Context& context, const std::string& folder) {
  const std::filesystem::path& file = context.profile().file;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    RESTANTE_TRY(const auto manifest, archive::read_manifest(folder));
    const auto* const state = manifest.find_state("restante.toml.");
    if (state == nullptr)
      return Error(Errc::kNotFound, file.string() +
                                        ": no configuration is here, and none in the backup; "
                                        "write one that says where the archive shall be");
    RESTANTE_CHECKED(archive::check_state(folder, *state));
    RESTANTE_TRY(const std::string text,
                 config::read_file(archive::Path(folder) / "state" / state->name));
    RESTANTE_CHECKED(archive::make_folders(file.parent_path()));
    RESTANTE_CHECKED(archive::put_file(file, text));
    context.out().note("the configuration is in " + file.string());
  }
  auto loaded = profile::load_file(file);
  if (loaded.profile) return std::move(*loaded.profile);
  return Error(Errc::kSyntax, loaded.mistakes.empty() ? file.string() : loaded.mistakes.front());
}

Exit run_restore(Context& context, const Options& options) {
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  const auto profile = profile_for(context, options.folder);
  if (!profile)
    return profile.error().code == Errc::kSyntax ? fail(Exit::kConfig, profile.error().detail)
                                                 : fail(profile.error());
  const archive::Path& path = profile->archive;
  Counting counting("restoring", context.out(), **stop);
  const auto done = archive::restore(options.folder, path, now(), counting.watch());
  counting.take_away();
  if (!done) return failed(done.error());
  if (const auto begun = archive::begin_archive(path, marker_of(context)); !begun)
    return fail(begun.error());
  if (!context.out().text())
    context.out().print({{"archive", path.string()},
                         {"messages", done->messages},
                         {"damaged", done->damaged},
                         {"state", done->has_state}});
  context.out().note(fmt::format("{} in {}", counted(done->messages, "message is", "messages are"),
                                 path.string()));
  if (done->damaged > 0)
    context.out().note(
        fmt::format("{} damaged in the backup; those that servers still have are fetched again",
                    counted(done->damaged, "was", "were")));
  context.out().note(
      "its accounts are paused: when the other computer collects no more mail, \"restante account "
      "resume --all\" goes on");
  return done->damaged > 0 ? Exit::kData : Exit::kOk;
}

}  // namespace

Exit run_verify_backup(Context& context, const std::string& folder) {
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  const archive::Path& path = context.profile().archive;
  std::error_code ignored;
  const bool is_here = !path.empty() && std::filesystem::is_directory(path, ignored);
  Counting counting("verifying", context.out(), **stop);
  const auto proof = archive::verify_backup(folder, is_here ? std::optional(path) : std::nullopt,
                                            counting.watch());
  counting.take_away();
  if (!proof) return failed(proof.error());
  if (!context.out().text())
    context.out().print({{"folder", folder},
                         {"messages", proof->messages},
                         {"damaged", proof->damaged},
                         {"not_in_backup", proof->not_here},
                         {"only_in_backup", proof->only_there}});
  context.out().note(fmt::format(
      "{} in the backup: {} damaged or missing; {} of the archive {} not in it, {} only in it",
      counted(proof->messages, "message"), proof->damaged, proof->not_here,
      proof->not_here == 1 ? "is" : "are", counted(proof->only_there, "is", "are")));
  return proof->is_whole() ? Exit::kOk : Exit::kData;
}

void add_backup_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& made = add_command(
      app, chosen,
      {"backup", "Copy the whole archive, with all that is known of it, while it is in use",
       "  restante backup /mnt/stick/mail\n"
       "  restante backup /mnt/stick/mail --incremental    # only what is new\n"
       "  restante verify --backup /mnt/stick/mail\n"
       "Mail, quarantine, what was fetched and handed on, marks, and the configuration; passwords\n"
       "only with --with-secrets. A run that is killed leaves the backup before, and the next one\n"
       "goes on. What has left the archive stays in DIR, and is not restored."},
      [options](Context& context) { return run_backup(context, *options); });
  made.add_option("DIR", options->folder, "Where the backup is, or shall be")
      ->required()
      ->type_name("");
  made.add_flag("--incremental", options->incremental,
                "Trust what is in DIR by its name; otherwise it is read, and repaired");
  made.add_flag("--with-secrets", options->with_secrets,
                "The configuration as it is, with its passwords");
}

void add_restore_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& made = add_command(
      app, chosen,
      {"restore", "Make the archive from a backup, on a new computer or after a loss",
       "  restante restore /mnt/stick/mail\n"
       "  restante account resume --all    # when the old computer is off\n"
       "Where there is no configuration the backup's is taken. Nothing is fetched or handed on\n"
       "again; until \"account resume\" nothing is fetched at all. A run that is killed is\n"
       "continued by the same command."},
      [options](Context& context) { return run_restore(context, *options); }, Needs::kNothing);
  made.add_option("DIR", options->folder, "Where the backup is")->required()->type_name("");
}

}  // namespace restante::cli
