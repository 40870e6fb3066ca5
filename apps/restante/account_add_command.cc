#include "restante/account_add_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "console/harmless.h"
#include "console/password_input.h"
#include "fetch/discovery.h"
#include "profile/load.h"
#include "restante/account_block.h"
#include "restante/account_test_command.h"
#include "restante/probe_command.h"
#include "restante/signals.h"
#include "restante/take_over_command.h"

namespace restante::cli {
namespace {

using profile::Account;
using profile::Tls;

constexpr std::chrono::seconds kTryTimeout{8};

struct AddOptions {
  std::string address;
  std::string host;
  std::uint16_t port = 0;
  std::string tls;
  NewAccount account;
  bool print = false;
  bool no_test = false;
  bool from_now_on = false;
};

/// A line typed at the terminal; `otherwise` when it is empty.
std::string ask(const std::string& question, const std::string& otherwise) {
  std::cerr << question << (otherwise.empty() ? "" : " [" + otherwise + "]") << ": " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return line.empty() ? otherwise : line;
}

/// The server that was named, or what the domain may have.
std::vector<fetch::Candidate> candidates(const AddOptions& options, const std::string& domain) {
  if (options.host.empty()) return fetch::candidates(domain, fetch::look_up_services);
  const bool clear = options.tls == "none";
  std::vector<fetch::Candidate> list;
  const auto add = [&](Tls tls, std::uint16_t usual) {
    list.push_back({options.host, options.port != 0 ? options.port : usual, tls, false});
  };
  if (clear) add(Tls::kNone, 110);
  if (!clear && options.tls != "starttls") add(Tls::kImplicit, 995);
  if (!clear && options.tls != "implicit") add(Tls::kStarttls, 110);
  return list;
}

/// The first that answers; its certificate may have to be pinned by whoever adds it.
Result<fetch::Probe> find_server(const Context& context, const AddOptions& options,
                                 const std::string& domain, Account& account) {
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  const auto list = candidates(options, domain);
  if (list.empty())
    return Error(Errc::kNotFound, domain + " says that it has no POP3 server; --host names one");
  std::optional<Error> first;
  account.connect_timeout = kTryTimeout;
  account.reply_timeout = kTryTimeout;
  for (const fetch::Candidate& candidate : list) {
    account.host = candidate.host;
    account.port = candidate.port;
    account.tls = candidate.tls;
    auto seen = fetch::probe(account, *stop, {});
    if (stop->raised()) return Error(Errc::kState, "interrupted");
    context.out().note(fmt::format("trying {}:{} … {}", candidate.host, candidate.port,
                                   seen ? "is there" : seen.error().detail));
    if (seen) return seen;
    if (!first) first = seen.error();
  }
  if (list.size() == 1) return *first;
  return Error(first->code, fmt::format("no POP3 server found for {}; --host names one", domain));
}

/// What the options leave open, as far as a person can be asked.
void ask_for_the_rest(AddOptions& options) {
  if (options.address.empty()) options.address = ask("Mail address", "");
  NewAccount& account = options.account;
  if (account.name.empty()) account.name = ask("Name of the account", "work");
  if (!account.has_secret())
    account.password_command =
        ask("Command that prints the password (empty: you are asked each time)", "");
}

Exit refuse_usage(const std::string& what) {
  return fail(Exit::kUsage, what + "; see restante account add --help");
}

/// The block is in the file, or nothing is.
Exit append(const Context& context, const std::string& block) {
  const std::filesystem::path& file = context.profile().file;
  const Status done = append_account(file, block);
  if (!done)
    return fail(done.error().code == Errc::kSyntax ? Exit::kConfig : Exit::kCannotCreate,
                done.error().detail);
  context.out().note("added to " + file.string());
  return Exit::kOk;
}

/// Where nobody said how the user is called, it is the whole address, or else what is before its
/// domain (RFC 6186 s.4); `account` is what was taken. A keyring has the secret under one name.
Exit test(const Context& context, const AddOptions& options, Account& account) {
  const bool is_guess = options.account.user.empty() && !options.account.keyring;
  const std::string second =
      is_guess ? options.address.substr(0, options.address.rfind('@')) : std::string();
  const auto tested = test_login(account, context.profile(), false, second);
  if (!tested) return fail(to_server_exit(tested.error()), tested.error().detail);
  account.user = tested->user;
  context.out().note(fmt::format("logged in as {} by {}; {} messages there",
                                 console::harmless_line(tested->user), tested->method,
                                 tested->messages));
  return Exit::kOk;
}

Exit run(const Context& context, AddOptions& options) {
  if (console::can_ask()) ask_for_the_rest(options);
  const auto at = options.address.rfind('@');
  if (at == std::string::npos)
    return refuse_usage("a mail address is needed, as in me@example.com");
  NewAccount& made = options.account;
  if (made.name.empty()) return refuse_usage("--name is needed");
  if (find_account(context.profile(), made.name) != nullptr)
    return fail(Exit::kCannotCreate, "there is an account \"" + made.name + "\" already");
  Account account = made.as_account();
  if (account.user.empty()) account.user = options.address;
  const auto seen = find_server(context, options, options.address.substr(at + 1), account);
  if (!seen) return fail(to_server_exit(seen.error()), seen.error().detail);
  if (!seen->distrust.empty() && made.pin.empty()) {
    static_cast<void>(fail(Exit::kRefused, seen->distrust));
    return fail(Exit::kRefused, "if it is the right one: --pin " + seen->sha256);
  }
  account.connect_timeout = Account().connect_timeout;
  account.reply_timeout = Account().reply_timeout;
  if (!options.no_test && made.can_test(console::can_ask()))
    if (const Exit tested = test(context, options, account); tested != Exit::kOk) return tested;
  made.user = account.user;
  const std::string block = account_block(made, account);
  if (!options.print) {
    const Exit added = append(context, block);
    return added == Exit::kOk && options.from_now_on ? leave_what_is_there(context, made.name)
                                                     : added;
  }
  context.out().line(block);
  return Exit::kOk;
}

void add_secrets(CLI::App& made, NewAccount& account) {
  made.add_option("--password-command", account.password_command, "Prints the password")
      ->type_name("COMMAND");
  made.add_option("--password-file", account.password_file, "Has the password in its first line")
      ->type_name("FILE");
  made.add_flag("--keyring", account.keyring, "The password is in the keyring (secret-tool)");
  made.add_option("--oauth", account.oauth, "Tokens of this [[issuer]]")->type_name("ISSUER");
}

}  // namespace

void add_account_add_command(CLI::App& parent, Chosen& chosen) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& made = add_command(
      parent, chosen,
      {"add", "Find an account's server, test it, and add it to the configuration",
       "  restante account add alice@example.com --name work\n"
       "  restante account add alice@example.com --name work --password-command 'pass show work'\n"
       "  restante account add alice@example.com --name work --host mail.example.com --print"},
      [options](Context& context) { return run(context, *options); }, Needs::kNothing);
  made.add_option("ADDRESS", options->address, "The mail address")->type_name("");
  made.add_option("--name", options->account.name, "What you call the account")->type_name("NAME");
  made.add_option("--host", options->host, "The server; default: found by the address's domain")
      ->type_name("HOST");
  made.add_option("--port", options->port, "Of the server")->type_name("N");
  made.add_option("--tls", options->tls, "implicit, starttls or none; default: what works")
      ->check(CLI::IsMember({"implicit", "starttls", "none"}))
      ->type_name("MODE");
  made.add_option("--user", options->account.user,
                  "The login name; default: the address, or what is before its @")
      ->type_name("NAME");
  add_secrets(made, options->account);
  made.add_option("--ca-file", options->account.ca_file, "Authorities to believe, PEM")
      ->type_name("FILE");
  made.add_option("--pin", options->account.pin, "SHA-256 that the certificate must have")
      ->type_name("HEX");
  made.add_flag("--no-test", options->no_test, "Do not log in");
  CLI::Option& print =
      *made.add_flag("--print", options->print, "Print the lines instead of adding them");
  made.add_flag("--from-now-on", options->from_now_on,
                "Fetch only what comes from now on; what is there stays there")
      ->excludes(&print);
}

}  // namespace restante::cli
