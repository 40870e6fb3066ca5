// restantectl: the clerk's tools. Only the command line; each command has a file of its own.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "config/parse.h"
#include "restantectl/account_commands.h"
#include "restantectl/alias_commands.h"
#include "restantectl/deliver_command.h"
#include "restantectl/maildrop_commands.h"

namespace {

using namespace restante::ctl;
using restante::config::Config;

constexpr const char* kFooter =
    "Data goes to stdout, talk to stderr. Safe while the server runs.\n"
    "Exit codes: 0 done, 64 usage, 65 bad input, 67 no such account, 69 refused as things are,\n"
    "70 a bug, 73 exists already, 74 disk, 75 busy: try again, 77 no permission,\n"
    "78 configuration. See docs/restantectl.md.";

struct Options {
  std::string config;
  std::string format = "text";
  AccountOptions account;
  AliasOptions alias;
  DeliverOptions deliver;
  MaildropOptions maildrop;
};

/// What a command does with an office that it may use.
using Command = std::function<Exit(Office&)>;

/// Import alone enters the office itself, after it has opened its file.
enum class Enters { kBefore, kItself };

struct Chosen {
  Chosen() = default;
  template <typename Run>
  Chosen(Run run, Enters e = Enters::kBefore) : command(std::move(run)), enters(e) {}

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
        ->required()
        ->type_name("FILE");
    app_.add_option("--format", options_.format, "How data is printed: text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT");
    add_account_commands(group("account", "Who may log in"));
    add_alias_commands(group("alias", "Other addresses of accounts"));
    add_maildrop_commands(group("maildrop", "What waits for its owner"));
    add_deliver();
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
    made.callback([this, chosen = std::move(chosen)] { chosen_ = chosen; });
    return made;
  }

  void add_name(CLI::App& to, std::string& name) {
    to.add_option("NAME", name, "Login name or address")->required()->type_name("");
  }

  void add_account_commands(CLI::App& account);
  void add_alias_commands(CLI::App& alias);
  void add_maildrop_commands(CLI::App& maildrop);
  void add_deliver();

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
  }
  command(account, "list", "All accounts", [](Office& office) { return account_list(office); });
  add_name(command(account, "show", "One account and what leads to it",
                   [&](Office& office) { return account_show(office, options); }),
           options.name);
  add_name(command(account, "remove", "Remove an account; its mail stays on the disk",
                   [&](Office& office) { return account_remove(office, options); }),
           options.name);
  add_name(command(account, "enable", "Let it log in and get mail again",
                   [&](Office& office) { return account_set_enabled(office, options, true); }),
           options.name);
  add_name(command(account, "disable", "No login and no new mail; nothing is removed",
                   [&](Office& office) { return account_set_enabled(office, options, false); }),
           options.name);
  command(account, "import", "Add all accounts of a passwd-file or shadow file, or none",
          Chosen([&](Office& office) { return account_import(office, options); }, Enters::kItself))
      .add_option("FILE", options.file, "Lines NAME:{SCHEME}HASH or NAME:$6$...; - is stdin")
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

void CommandLine::add_maildrop_commands(CLI::App& maildrop) {
  MaildropOptions& options = options_.maildrop;
  add_name(command(maildrop, "list", "The messages of a maildrop",
                   [&](Office& office) { return maildrop_list(office, options); }),
           options.name);
}

void CommandLine::add_deliver() {
  DeliverOptions& options = options_.deliver;
  CLI::App& made = command(app_, "deliver", "Put the message on stdin into a maildrop",
                           [&](Office& office) { return deliver(office, options); });
  add_name(made, options.name);
  made.add_option("--uid", options.uid, "Its unique id (UIDL), kept from elsewhere")
      ->type_name("UID");
}

Exit run(const CommandLine& line) {
  const Options& options = line.options();
  if (::access(options.config.c_str(), R_OK) != 0 && errno == EACCES)
    return fail(Exit::kPermission, "no permission to read " + options.config);
  auto loaded = restante::config::load_file(options.config);
  for (const std::string& mistake : loaded.mistakes)
    static_cast<void>(fail_lines(Exit::kConfig, mistake));
  if (!loaded.config) return Exit::kConfig;
  const Output output(options.format == "json" ? Format::kJson : Format::kText);
  Office office(std::move(*loaded.config), output);
  if (line.chosen().enters == Enters::kBefore) {
    if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  }
  const Exit verdict = line.chosen().command(office);
  std::cout.flush();
  const bool written = std::cout.good();
  return verdict == Exit::kOk && !written ? fail(Exit::kIo, "cannot write to stdout") : verdict;
}

}  // namespace

int main(int argc, char** argv) try {
  CommandLine line;
  try {
    line.app().parse(argc, argv);
  } catch (const CLI::Success& help) {
    return line.app().exit(help);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(
        fail(Exit::kUsage, std::string(error.what()) + " (see restantectl --help)"));
  }
  return static_cast<int>(run(line));
} catch (const std::exception& error) {
  return static_cast<int>(
      restante::ctl::fail(restante::ctl::Exit::kSoftware, std::string("bug: ") + error.what()));
}
