// restantectl: the clerk's tools. Only the command line; each command has a file of its own.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "config/parse.h"
#include "process/file_modes.h"
#include "restantectl/account_allowance.h"
#include "restantectl/account_commands.h"
#include "restantectl/account_test_command.h"
#include "restantectl/acts.h"
#include "restantectl/alias_commands.h"
#include "restantectl/backup_commands.h"
#include "restantectl/check_commands.h"
#include "restantectl/deliver_command.h"
#include "restantectl/device_commands.h"
#include "restantectl/dump_commands.h"
#include "restantectl/export_commands.h"
#include "restantectl/maildrop_commands.h"
#include "restantectl/repair_commands.h"
#include "restantectl/restore_commands.h"
#include "restantectl/stats_commands.h"
#include "restantectl/undelete_commands.h"

namespace {

using namespace restante::ctl;
using restante::config::Config;

constexpr const char* kFooter =
    "Data goes to stdout, talk to stderr. Safe while the server runs.\n"
    "Exit codes: 0 done, 64 usage, 65 bad input or damage, 67 no such account,\n"
    "69 refused as things are, 70 a bug, 73 exists already, 74 disk, 75 busy: try again,\n"
    "77 no permission, 78 configuration. See docs/restantectl.md.";

struct Options {
  std::string config;
  std::string format = "text";
  AccountOptions account;
  AllowanceOptions allowance;
  AliasOptions alias;
  DeviceOptions device;
  DeliverOptions deliver;
  MaildropOptions maildrop;
  CheckOptions check;
  DumpOptions dump;
  RepairOptions repair;
  HealOptions heal;
  ClockOptions clock;
  ExportOptions exporting;
  UndeleteOptions undelete;
  BackupOptions backup;
  RestoreOptions restore;
};

/// What a command does with an office that it may use.
using Command = std::function<Exit(Office&)>;

/// Who enters the office: main() before the command; the command itself, after it has done what
/// only the caller may; or nobody, for what needs no configuration (the office then has an empty
/// one, if none was given).
enum class Enters { kBefore, kItself, kWithoutConfig };

struct Chosen {
  Chosen() = default;
  template <typename Run>
  Chosen(Run run, Enters e = Enters::kBefore) : command(std::move(run)), enters(e) {}

  std::string name{};  ///< "account add".
  Command command;
  Enters enters = Enters::kBefore;
};

class CommandLine {
 public:
  CommandLine() : app_("restantectl: accounts, aliases and maildrops of a Restante server.") {
    app_.footer(kFooter);
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "restantectl " RESTANTE_VERSION);
    app_.add_option("--config", options_.config, "The server's configuration file (TOML)")
        ->type_name("FILE");
    app_.add_option("--format", options_.format, "How data is printed: text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT");
    CLI::App& account = group("account", "Who may log in");
    add_account_commands(account);
    add_allowance_commands(account);
    add_alias_commands(group("alias", "Other addresses of accounts"));
    add_device_commands(group("device", "Passwords for single devices of an account"));
    CLI::App& maildrop = group("maildrop", "What waits for its owner");
    add_maildrop_commands(maildrop);
    add_check_commands(maildrop);
    add_export_commands(maildrop);
    add_repair_commands(maildrop);
    add_backup_commands();
    add_deliver();
    add_upkeep();
  }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App& app() { return app_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Chosen& chosen() const { return chosen_; }

 private:
  CLI::App& group(const char* name, const char* help) {
    CLI::App& made = *app_.add_subcommand(name, help);
    made.fallthrough();
    made.require_subcommand(1);
    return made;
  }

  CLI::App& command(CLI::App& parent, const char* name, const char* help, Chosen chosen) {
    CLI::App& made = *parent.add_subcommand(name, help);
    made.fallthrough();
    chosen.name = (&parent == &app_ ? "" : parent.get_name() + " ") + name;
    // A command that has commands of its own is meant only when none of them is.
    made.callback([this, &made, chosen = std::move(chosen)] {
      if (made.get_subcommands().empty()) chosen_ = chosen;
    });
    return made;
  }

  void add_name(CLI::App& to, std::string& name) {
    to.add_option("NAME", name, "Login name or address")->required()->type_name("");
  }

  void add_account_commands(CLI::App& account);
  void add_account_import(CLI::App& account);
  void add_allowance_commands(CLI::App& account);
  void add_alias_commands(CLI::App& alias);
  void add_device_commands(CLI::App& device);
  void add_maildrop_commands(CLI::App& maildrop);
  void add_check_commands(CLI::App& maildrop);
  void add_export_commands(CLI::App& maildrop);
  void add_repair_commands(CLI::App& maildrop);
  void add_backup_commands();
  void add_selection(CLI::App& to, Selection& selection);
  void add_deliver();
  void add_upkeep();

  CLI::App app_;
  Options options_;
  Chosen chosen_;
};

void CommandLine::add_account_commands(CLI::App& account) {
  AccountOptions& options = options_.account;
  CLI::App& add = command(account, "add", "Add an account; asks for its password",
                          [&](Office& office) { return account_add(office, options); });
  CLI::App& passwd = command(account, "passwd", "Set a new password",
                             [&](Office& office) { return account_passwd(office, options); });
  for (CLI::App* const each : {&add, &passwd}) {
    add_name(*each, options.name);
    each->add_flag("--password-stdin", options.password_stdin,
                   "Take the password from one line of stdin");
    each->add_option("--scheme", options.scheme, "How it is stored; default: auth.password_scheme")
        ->check(CLI::IsMember({"argon2id", "scram-sha-256"}));
  }
  command(account, "list", "All accounts", [](Office& office) { return account_list(office); });
  add_name(command(account, "show", "One account and what leads to it",
                   [&](Office& office) { return account_show(office, options); }),
           options.name);
  CLI::App& test =
      command(account, "test", "Look a name up as the server would, and say where it is",
              [&](Office& office) { return account_test(office, options); });
  add_name(test, options.name);
  test.add_flag("--password-stdin", options.password_stdin,
                "Check the password on one line of stdin, too");
  test.add_option("--from", options.from, "As a client at this address; default: a Unix socket")
      ->type_name("ADDRESS");
  add_name(command(account, "remove", "Remove an account; its mail stays on the disk",
                   [&](Office& office) { return account_remove(office, options); }),
           options.name);
  add_name(command(account, "enable", "Let it log in and get mail again",
                   [&](Office& office) { return account_set_enabled(office, options, true); }),
           options.name);
  CLI::App& disable =
      command(account, "disable", "No login and no new mail; nothing is removed",
              [&](Office& office) { return account_set_enabled(office, options, false); });
  add_name(disable, options.name);
  disable.add_flag("--login-only", options.login_only, "No login; new mail is taken as before");
  CLI::App& networks = command(account, "networks", "Set from where it may log in",
                               [&](Office& office) { return account_networks(office, options); });
  add_name(networks, options.name);
  networks.add_option("NETWORK", options.networks, "As 192.0.2.0/24; local is a Unix socket")
      ->type_name("");
  networks.add_flag("--any", options.any, "From everywhere again");
  add_account_import(account);
}

void CommandLine::add_account_import(CLI::App& account) {
  AccountOptions& options = options_.account;
  CLI::App& import = command(
      account, "import", "Add all accounts of a passwd-file or shadow file, or none",
      Chosen([&](Office& office) { return account_import(office, options); }, Enters::kItself));
  import.add_option("FILE", options.file, "Lines NAME:{SCHEME}HASH or NAME:$6$...; - is stdin")
      ->required()
      ->type_name("");
  import.add_flag("--skip-refused", options.skip_refused,
                  "Add the others when lines are refused; ends with 65 or 73 all the same");
  import.add_flag("--update", options.update,
                  "Give accounts that are there the password and what else the line says");
}

void CommandLine::add_allowance_commands(CLI::App& account) {
  AllowanceOptions& options = options_.allowance;
  CLI::App& quota = command(account, "quota", "Set the most that may wait in a maildrop",
                            [&](Office& office) { return account_quota(office, options); });
  add_name(quota, options.name);
  quota.add_option("--octets", options.octets, "As in 1GiB; or none, or default")->type_name("N");
  quota.add_option("--messages", options.messages, "A number; or none, or default")->type_name("N");
  CLI::App& retention = command(account, "retention", "Set after how many days mail is deleted",
                                [&](Office& office) { return account_retention(office, options); });
  add_name(retention, options.name);
  retention.add_option("--days", options.days, "A number; or never, or default")->type_name("N");
  retention.add_option("--from", options.from, "arrival, retrieval or default")->type_name("WHEN");
  CLI::App& addresses =
      command(account, "addresses", "Set what it gets of a mail to several of its addresses",
              [&](Office& office) { return account_addresses(office, options); });
  add_name(addresses, options.name);
  addresses.add_option("COPIES", options.several, "one copy, each (a copy for each), or default")
      ->required()
      ->type_name("");
}

void CommandLine::add_alias_commands(CLI::App& alias) {
  AliasOptions& options = options_.alias;
  CLI::App& add = command(alias, "add", "Lead an address to accounts or other aliases",
                          [&](Office& office) { return alias_add(office, options); });
  CLI::App& remove = command(alias, "remove", "Remove an alias",
                             [&](Office& office) { return alias_remove(office, options); });
  for (CLI::App* const each : {&add, &remove})
    each->add_option("ADDRESS", options.address, "Address, or @DOMAIN for all others of a domain")
        ->required()
        ->type_name("");
  add.add_option("TARGET", options.targets, "Accounts or aliases")
      ->required()
      ->expected(1, -1)
      ->type_name("");
  command(alias, "list", "All aliases", [](Office& office) { return alias_list(office); });
}

void CommandLine::add_device_commands(CLI::App& device) {
  DeviceOptions& options = options_.device;
  CLI::App& add = command(device, "add", "Make a password for one device, and print it",
                          [&](Office& office) { return device_add(office, options); });
  CLI::App& list = command(device, "list", "The devices of an account, with their last use",
                           [&](Office& office) { return device_list(office, options); });
  CLI::App& remove = command(device, "remove", "Refuse a device's password from now on",
                             [&](Office& office) { return device_remove(office, options); });
  for (CLI::App* const each : {&add, &list, &remove}) add_name(*each, options.name);
  for (CLI::App* const each : {&add, &remove})
    each->add_option("LABEL", options.label, "What the device is called")
        ->required()
        ->type_name("");
}

void CommandLine::add_maildrop_commands(CLI::App& maildrop) {
  MaildropOptions& options = options_.maildrop;
  add_name(command(maildrop, "list", "The messages of a maildrop",
                   [&](Office& office) { return maildrop_list(office, options); }),
           options.name);
}

void CommandLine::add_export_commands(CLI::App& maildrop) {
  ExportOptions& options = options_.exporting;
  CLI::App& show = command(maildrop, "show", "One message, to stdout, as it was received",
                           [&](Office& office) { return maildrop_show(office, options); });
  add_name(show, options.name);
  show.add_option("ID", options.id, "Unique id (UIDL), or sequence number (maildrop list)")
      ->required()
      ->type_name("");
  CLI::App& exporting = command(
      maildrop, "export", "All messages that wait: an mbox on stdout, or files",
      Chosen([&](Office& office) { return maildrop_export(office, options); }, Enters::kItself));
  add_name(exporting, options.name);
  exporting.add_option("--to", options.to, "A folder, for a file each; mbox (default): stdout")
      ->type_name("DIR|mbox");
  exporting.add_flag("--deleted", options.deleted, "Deleted messages, too");
}

void CommandLine::add_selection(CLI::App& to, Selection& selection) {
  to.add_option("NAME", selection.names, "Login names or addresses")->type_name("");
  to.add_flag("--all", selection.all, "Every maildrop of the data directory");
}

void CommandLine::add_check_commands(CLI::App& maildrop) {
  CheckOptions& check = options_.check;
  CLI::App& checking = command(maildrop, "check", "Verify every checksum; nothing is changed",
                               [&](Office& office) { return maildrop_check(office, check); });
  add_selection(checking, check.selection);
  checking.add_option("--rate", check.rate, "Read at most so much a second, such as 50MiB")
      ->type_name("SIZE");
  add_selection(command(maildrop, "stats", "Messages, octets and space",
                        [&](Office& office) { return maildrop_stats(office, check.selection); }),
                check.selection);
  DumpOptions& dump = options_.dump;
  CLI::App& dumping = command(
      maildrop, "dump", "The records of a maildrop's file, one a line",
      Chosen([&](Office& office) { return maildrop_dump(office, dump); }, Enters::kWithoutConfig));
  dumping.add_option("NAME", dump.name, "Login name or address")->type_name("");
  dumping.add_option("--file", dump.file, "A log anywhere, instead of a maildrop's")
      ->type_name("PATH");
}

void CommandLine::add_repair_commands(CLI::App& maildrop) {
  RepairOptions& repair = options_.repair;
  add_name(command(maildrop, "repair", "Set damaged bytes aside; says which",
                   [&](Office& office) { return maildrop_repair(office, repair); }),
           repair.name);
  add_name(command(maildrop, "upkeep", "Give back the space of deleted messages now",
                   [&](Office& office) { return maildrop_upkeep(office, repair); }),
           repair.name);
  HealOptions& heal = options_.heal;
  CLI::App& healing = command(maildrop, "heal", "Replace damaged messages by a backup's octets",
                              [&](Office& office) { return maildrop_heal(office, heal); });
  add_name(healing, heal.name);
  healing.add_option("--from", heal.from, "The folder of a backup")->required()->type_name("DIR");
  UndeleteOptions& undelete = options_.undelete;
  CLI::App& made = command(maildrop, "undelete", "Bring deleted messages back",
                           [&](Office& office) { return maildrop_undelete(office, undelete); });
  add_name(made, undelete.name);
  made.add_option("--since", undelete.since, "Only those deleted within this time, such as 2d")
      ->type_name("DURATION");
  made.add_option("--uid", undelete.uids, "Only these unique ids (UIDL)")->type_name("UID");
  made.add_flag("--dry-run", undelete.dry_run, "Only say which");
}

void CommandLine::add_upkeep() {
  ClockOptions& options = options_.clock;
  command(app_, "upkeep", "Say that the clock is right after it jumped ahead", [&](Office& office) {
    return upkeep_clock(office, options);
  }).add_flag("--confirm-clock", options.confirm, "Retention and reclaiming go on");
}

void CommandLine::add_backup_commands() {
  BackupOptions& backup = options_.backup;
  CLI::App& made =
      command(app_, "backup", "Copy everything into a folder, while the server runs",
              Chosen([&](Office& office) { return backup_make(office, backup, options_.config); },
                     Enters::kItself));
  made.add_option("DIR", backup.folder, "New, empty, or of an earlier backup")->type_name("");
  made.add_flag("--incremental", backup.incremental, "Copy only what is new");
  made.add_option("--rate", backup.rate, "Read at most so much a second, such as 50MiB")
      ->type_name("SIZE");
  CLI::App& verify = command(made, "verify", "Prove a backup; needs no server",
                             Chosen([&](Office& office) { return backup_verify(office, backup); },
                                    Enters::kWithoutConfig));
  verify.add_option("DIR", backup.folder, "Of the backup")->required()->type_name("");
  RestoreOptions& options = options_.restore;
  CLI::App& restoring =
      command(app_, "restore", "Put a backup into an empty data_dir",
              [&](Office& office) { return restore(office, options, options_.config); });
  restoring.add_option("DIR", options.folder, "Of the backup")->required()->type_name("");
  restoring.add_flag("--despite-damage", options.despite_damage,
                     "Take what can be read of a damaged backup");
  restoring.add_flag("--without-config", options.without_config,
                     "The backup's configuration is not wanted: leave it out");
}

void CommandLine::add_deliver() {
  DeliverOptions& options = options_.deliver;
  CLI::App& made = command(app_, "deliver", "Put the message on stdin into a maildrop",
                           [&](Office& office) { return deliver(office, options); });
  add_name(made, options.name);
  made.add_option("--uid", options.uid, "Its unique id (UIDL), kept from elsewhere")
      ->type_name("UID");
  made.add_flag("--ignore-limits", options.ignore_limits,
                "Whatever the quota, and with less disk left than maildrop.reserve");
}

/// Nothing when it has mistakes, which are told.
std::optional<Config> load_config(const std::string& path) {
  auto loaded = restante::config::load_file(path);
  for (const std::string& mistake : loaded.mistakes)
    static_cast<void>(fail_lines(Exit::kConfig, mistake));
  return std::move(loaded.config);
}

/// What stands behind the command, as it was typed.
std::vector<std::string> words_of(const std::string& command,
                                  const std::vector<std::string>& typed) {
  std::string_view rest = command;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    const std::string& word = typed[i];
    if (word == "--config" || word == "--format") {
      ++i;
    } else if (!name.empty() && word == name) {
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    } else if (!word.starts_with("--config=") && !word.starts_with("--format=")) {
      words.push_back(word);
    }
  }
  return words;
}

/// An act is done whether or not it can be written down.
void write_down(const Office& office, const Act& act, const Actor& actor) {
  if (!is_act(act.command) || !office.entered()) return;
  const std::string text = act_line(act, actor, restante::system_clock().now());
  if (const auto written = write_act(office.config().data_dir, text); !written)
    static_cast<void>(fail(Exit::kIo, "not written down: " + written.error().message()));
}

Exit run(const CommandLine& line, const std::vector<std::string>& typed) {
  const Actor actor = find_actor();
  const Options& options = line.options();
  const Enters enters = line.chosen().enters;
  if (options.config.empty() && enters != Enters::kWithoutConfig)
    return fail(Exit::kUsage, "--config is required");
  if (!options.config.empty() && ::access(options.config.c_str(), R_OK) != 0 && errno == EACCES)
    return fail(Exit::kPermission, "no permission to read " + options.config);
  auto config = options.config.empty() ? Config() : load_config(options.config);
  if (!config) return Exit::kConfig;
  const Output output(options.format == "json" ? Format::kJson : Format::kText);
  Office office(std::move(*config), output);
  if (enters == Enters::kBefore) {
    if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  }
  const Exit verdict = line.chosen().command(office);
  const std::string& name = line.chosen().name;
  write_down(office, {name, words_of(name, typed), static_cast<int>(verdict), office.details()},
             actor);
  std::cout.flush();
  const bool written = std::cout.good();
  return verdict == Exit::kOk && !written ? fail(Exit::kIo, "cannot write to stdout") : verdict;
}

}  // namespace

int main(int argc, char** argv) try {
  restante::process::make_files_private();
  CommandLine line;
  try {
    line.app().parse(argc, argv);
  } catch (const CLI::Success& help) {
    return line.app().exit(help);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(
        fail(Exit::kUsage, std::string(error.what()) + " (see restantectl --help)"));
  }
  return static_cast<int>(run(line, std::vector<std::string>(argv + 1, argv + argc)));
} catch (const std::exception& error) {
  return static_cast<int>(
      restante::ctl::fail(restante::ctl::Exit::kSoftware, std::string("bug: ") + error.what()));
}
