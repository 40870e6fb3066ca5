#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/thread.h"
#include "restantectl/commands.h"
#include "restantectl/migrate/folder_accounts.h"
#include "restantectl/migrate/migrate_report.h"
#include "restantectl/migrate/migrate_tasks.h"
#include "server/common/disk_room.h"
#include "server/delivery/quota.h"

namespace restante::ctl {
namespace {

constexpr std::uint32_t kJobsMax = 64;
// Of all accounts at a time.
constexpr std::uint64_t kBatchBytes = 64ULL << 20;
constexpr std::uint64_t kBatchBytesMin = 2ULL << 20;
constexpr std::uint64_t kBatchBytesMax = 16ULL << 20;
constexpr int kKeptBytes = 128 << 20;

/// The parts that the moves of all accounts share. Callable from several threads.
class Migration {
 public:
  Migration(Office& office, const MigrateOptions& options, migrate::SourceOptions sources,
            std::vector<MigrateTask> tasks)
      : office_(office),
        options_(options),
        sources_(std::move(sources)),
        tasks_(std::move(tasks)),
        report_(office, options, tasks_.size()) {}

  Exit run(Exit verdict) {
    // A batch reuses the memory of the one before; given back to the system, it would have to be
    // asked for again.
    static_cast<void>(::mallopt(M_TRIM_THRESHOLD, kKeptBytes));
    const auto store = office_.store();
    const auto directory = office_.directory();
    if (!store) return fail(store.error());
    if (!directory) return fail(directory.error());
    store_ = *store;
    quotas_.emplace(**directory, office_.config());
    folder_accounts_.emplace(office_, **directory, options_);
    std::vector<std::thread> threads;
    // This thread works, too, and alone where no other one can be made.
    for (std::uint32_t i = 1; i < options_.jobs && i < tasks_.size(); ++i)
      if (auto started = start_thread([this] { work(); })) threads.push_back(std::move(*started));
    work();
    for (std::thread& thread : threads) thread.join();
    // Writes the indexes: without them the first logins would read whole logs.
    static_cast<void>(store_->close());
    return report_.finish(verdict);
  }

 private:
  void work() {
    for (;;) {
      const std::size_t next = next_.fetch_add(1);
      if (next >= tasks_.size()) return;
      for (const MigrateOutcome& outcome : move(tasks_[next])) report_.add(outcome);
    }
  }

  /// Of the account, and of the accounts that get its other folders.
  std::vector<MigrateOutcome> move(const MigrateTask& task) {
    MigrateOutcome outcome{task.account, task.source};
    std::vector<MigrateOutcome> outcomes;
    auto source = migrate::open_source(task.from, sources_);
    if (!source) {
      outcome.failure = std::move(source).error();
    } else {
      run_task(task, **source, outcome);
      const bool goes_on = options_.folders && !failure_of(outcome);
      if (goes_on) move_folders(task, **source, outcome.moved->folders, outcomes);
    }
    const bool is_absent = task.may_be_absent && failure_of(outcome) == Errc::kNotFound;
    if (is_absent) outcome = {task.account, task.source, true};
    outcomes.insert(outcomes.begin(), std::move(outcome));
    return outcomes;
  }

  void move_folders(const MigrateTask& task, migrate::Source& source,
                    std::vector<migrate::OtherFolder>& folders,
                    std::vector<MigrateOutcome>& outcomes) {
    std::set<std::string> taken;
    for (migrate::OtherFolder& folder : folders) {
      MigrateOutcome outcome{task.account, task.source + ", folder " + folder.name};
      auto account = folder_accounts_->of(task.account, folder.name);
      if (account && !taken.insert(*account).second)
        account = Error(Errc::kExists, *account + " has another folder of this mailbox");
      if (account) {
        folder.account = outcome.account = *account;
        move_folder(source, folder, outcome);
      } else {
        outcome.failure =
            Error(account.error().code, "folder " + folder.name + ": " + account.error().detail);
      }
      outcomes.push_back(std::move(outcome));
    }
  }

  void move_folder(migrate::Source& source, const migrate::OtherFolder& folder,
                   MigrateOutcome& outcome) {
    MigrateTask task;
    task.account = folder.account;
    const auto opened = source.source_of(folder);
    if (!opened) {
      outcome.failure = opened.error();
      return;
    }
    run_task(task, **opened, outcome);
    // The folders below it are told, and get accounts, with the whole mailbox.
    if (outcome.moved) outcome.moved->folders.clear();
  }

  static std::optional<Errc> failure_of(const MigrateOutcome& outcome) {
    if (outcome.failure) return outcome.failure->code;
    if (outcome.moved && outcome.moved->failure) return outcome.moved->failure->code;
    return std::nullopt;
  }

  void run_task(const MigrateTask& task, migrate::Source& source, MigrateOutcome& outcome) {
    migrate::MoveOptions move;
    move.account = task.account;
    move.unnumbered = unnumbered();
    move.only_look = options_.dry_run;
    const auto jobs =
        static_cast<std::uint64_t>(std::min<std::size_t>(options_.jobs, tasks_.size()));
    move.batch_bytes = std::clamp(kBatchBytes / jobs, kBatchBytesMin, kBatchBytesMax);
    move.ignores_quota = options_.ignore_limits;
    const auto quota = quotas_->of(task.account);
    // In a dry run, an account that --make would make does not exist.
    const bool is_to_be_made = options_.dry_run && options_.make;
    if (!quota && !(is_to_be_made && quota.error().code == Errc::kNotFound)) {
      outcome.failure = quota.error();
      return;
    }
    if (quota) move.quota = *quota;
    if (!options_.ignore_limits)
      move.has_room = [this](std::uint64_t octets) { return check_room(octets); };
    move.planned = [this](const migrate::Plan& plan) {
      const std::uint64_t compared = options_.verify ? plan.octets + plan.present_octets : 0;
      report_.plan(plan.octets + compared);
    };
    move.progress = [this](std::uint64_t octets) {
      report_.progress(octets);
      return true;
    };
    outcome.moved = migrate::move_mail(source, *store_, move);
    if (!options_.verify || outcome.moved->failure) return;
    migrate::CompareOptions compare;
    compare.account = task.account;
    compare.unnumbered = unnumbered();
    compare.progress = move.progress;
    outcome.compared = migrate::compare_mail(source, *store_, compare);
  }

  [[nodiscard]] migrate::Unnumbered unnumbered() const {
    return options_.final_run ? migrate::Unnumbered::kTaken : migrate::Unnumbered::kLeft;
  }

  Status check_room(std::uint64_t octets) {
    const settings::Config& config = office_.config();
    Status room = server::check_room(config.data_dir, config.maildrop.reserve, octets);
    if (!room) room.error().detail += " (maildrop.reserve)";
    return room;
  }

  Office& office_;
  const MigrateOptions& options_;
  const migrate::SourceOptions sources_;
  const std::vector<MigrateTask> tasks_;
  MigrateReport report_;
  std::atomic<std::size_t> next_ = 0;
  maildrop::Store* store_ = nullptr;
  std::optional<server::QuotaBook> quotas_;
  std::optional<FolderAccounts> folder_accounts_;
};

Result<migrate::SourceOptions> source_options(const MigrateOptions& options) {
  using migrate::MaildirIds;
  migrate::SourceOptions sources;
  const std::string format =
      options.uidl_format.empty() ? std::string(migrate::kDefaultUidlFormat) : options.uidl_format;
  RESTANTE_TRY(auto parsed, migrate::UidlFormat::parse(format));
  sources.uidl_format = std::move(parsed);
  // A format for Dovecot's ids is of use only where the ids are Dovecot's.
  if (options.ids == "dovecot" || (options.ids.empty() && !options.uidl_format.empty())) {
    sources.maildir_ids = MaildirIds::kDovecot;
    sources.mbox_ids = migrate::MboxIds::kDovecot;
  }
  if (options.ids == "x-uidl") sources.mbox_ids = migrate::MboxIds::kXUidl;
  if (options.ids == "courier") sources.maildir_ids = MaildirIds::kCourier;
  if (options.ids == "names") sources.maildir_ids = MaildirIds::kNames;
  return sources;
}

/// Why these options do not go together; empty: they do.
std::string find_mistake(const MigrateOptions& options) {
  const int chosen = int{!options.account.empty()} + int{!options.map.empty()} + int{options.all};
  if (chosen != 1) return "one of --account NAME, --map FILE and --all says whose mail to move";
  if (options.source.empty() && options.map.empty()) return "SOURCE says where the mail is now";
  if (options.make && !options.folders) return "--make is for the accounts of --folders";
  if (options.all && !migrate::is_template(options.source))
    return "with --all SOURCE needs %u, %n or %d: else all accounts would get the same mail";
  return {};
}

/// Split at blanks.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Whether a source may be Dovecot's doveadm.
bool may_need_doveadm(const MigrateOptions& options, const MigrateFiles& files) {
  constexpr std::string_view kScheme = "doveadm:";
  return options.source.starts_with(kScheme) ||
         std::ranges::any_of(files.map.lines, [&](const migrate::MapLine& line) {
           return line.source.starts_with(kScheme);
         });
}

/// Root keeps its rights where another user owns the old server's files.
Exit migrate_mail(Office& office, const MigrateOptions& options) {
  if (const std::string mistake = find_mistake(options); !mistake.empty())
    return fail(Exit::kUsage, mistake);
  auto sources = source_options(options);
  if (!sources) return fail(Exit::kUsage, sources.error().detail);
  sources->master = options.master;
  sources->ca_file = options.ca_file;
  const auto files = read_files(options);
  if (!files && files.error().code == Errc::kAuth)
    return fail(Exit::kPermission, files.error().detail);
  if (!files) return fail(files.error());
  std::optional<programs::Starter> doveadm;  // A process that keeps the rights which this one gives
                                             // up.
  if (may_need_doveadm(options, *files)) {
    const std::vector<std::string> words = words_of(options.doveadm);
    if (words.empty()) return fail(Exit::kUsage, "--doveadm names no program");
    auto forked = programs::Starter::fork_off(words);
    if (!forked) return fail(forked.error());
    sources->doveadm = &doveadm.emplace(*std::move(forked));
  }
  if (const Exit entered = office.enter(false, process::Keeps::kReading); entered != Exit::kOk)
    return entered;
  MigrateTasks found = find_tasks(office, options, *files);
  return Migration(office, options, *std::move(sources), std::move(found.tasks)).run(found.verdict);
}

void add_choices(CLI::App& to, MigrateOptions& options) {
  to.add_option("--account", options.account, "Whose mail it is")->type_name("NAME");
  to.add_option("--map", options.map,
                "A file with a line an account: ACCOUNT [SOURCE [PASSWORD]]; - is SOURCE as given "
                "here")
      ->type_name("FILE");
  to.add_flag("--all", options.all, "All accounts that are here");
  to.add_option("--uidl-format", options.uidl_format,
                "Dovecot's pop3_uidl_format, from `doveconf pop3_uidl_format`; default: "
                "%08Xu%08Xv")
      ->type_name("FORMAT");
  to.add_option("--ids", options.ids,
                "Whose unique ids the mail has: dovecot, courier, names (of a Maildir's files), "
                "x-uidl (of an mbox); default: by what lies there")
      ->check(CLI::IsMember({"dovecot", "courier", "names", "x-uidl"}))
      ->type_name("WHOSE");
  to.add_option("--password-file", options.password_file,
                "With the password at the old server, for POP3, in its first line")
      ->type_name("FILE");
  to.add_option("--master-user", options.master,
                "Who may open every mailbox at the old server (SASL PLAIN with an authzid)")
      ->type_name("NAME");
  to.add_option("--ca-file", options.ca_file,
                "Whose certificates the old server's is believed by, for POP3")
      ->type_name("FILE");
  to.add_option(
        "--doveadm", options.doveadm,
        "Dovecot's doveadm, and its first words, for sources doveadm:USER; default: doveadm")
      ->type_name("COMMAND");
  to.add_option("--control", options.control,
                "Where Dovecot keeps dovecot-uidlist, if not in the Maildir (CONTROL= of "
                "mail_location); %u, %n and %d as in SOURCE")
      ->type_name("DIR");
}

void add_flags(CLI::App& to, MigrateOptions& options) {
  to.add_flag("--dry-run", options.dry_run, "Only say what would be moved");
  to.add_flag("--final", options.final_run,
              "The old server is stopped: take what it has given no unique id, too");
  to.add_flag("--verify", options.verify,
              "Then compare ids, arrival and octets with the old mailbox");
  to.add_flag("--folders", options.folders,
              "Move other folders (.Archive), too: into accounts like alice+archive@example.com");
  to.add_flag("--make", options.make,
              "Make these accounts where they are missing, with their owner's password");
  to.add_option("--jobs", options.jobs, "Accounts at a time; default: 8")
      ->check(CLI::Range(std::uint32_t{1}, kJobsMax))
      ->type_name("N");
  to.add_flag("--ignore-limits", options.ignore_limits,
              "Whatever the quotas, and with less disk left than maildrop.reserve");
}

}  // namespace

void add_migrate_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"migrate", "Move mail in from another server, with its unique ids",
       "  restantectl migrate /var/vmail/example.com/alice/Maildir --account alice@example.com\n"
       "  restantectl migrate '/var/vmail/%d/%n/Maildir' --all --dry-run\n"
       "  restantectl migrate '/var/vmail/%d/%n/Maildir' --all           # each night\n"
       "  restantectl migrate '/var/vmail/%d/%n/Maildir' --all --final --verify\n"
       "  restantectl migrate doveadm: --all                             # sdbox, mdbox and all "
       "else\n"
       "  restantectl migrate pop3s://old.example --map passwords"},
      [options](Office& office) { return migrate_mail(office, *options); }, Enters::kItself);
  made.add_option("SOURCE", options->source,
                  "A Maildir or mbox file; maildir:PATH, mbox:PATH, doveadm:[USER], "
                  "pop3s://[USER@]HOST[:PORT], pop3:// (with STLS). %u is the account, %n and %d "
                  "what is before and behind its "
                  "@")
      ->type_name("");
  add_choices(made, *options);
  add_flags(made, *options);
}

}  // namespace restante::ctl
