#include "restante/accounts/account_test_command.h"

#include <fmt/format.h>

#include <iostream>

#include "base/numbers.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "console/password_input.h"
#include "fetch/secrets/secret_source.h"
#include "fetch/session/session.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

struct TestOptions {
  std::string name;
  bool verbose = false;
};

Exit run(const Context& context, const TestOptions& options) {
  const auto found = context.accounts({options.name});
  if (!found) return fail(found.error());
  const auto tested = test_login(*found->front(), context.profile(), options.verbose);
  if (!tested) return fail(to_server_exit(tested.error()), tested.error().detail);
  if (!context.out().text()) {
    context.out().print(boost::json::object{{"account", options.name},
                                            {"login_method", tested->method},
                                            {"messages", tested->messages},
                                            {"octets", tested->octets}});
    return Exit::kOk;
  }
  context.out().line(fmt::format("{}: logged in by {}; {} ({}) on the server", options.name,
                                 tested->method, counted(tested->messages, "message"),
                                 console::human_bytes(static_cast<double>(tested->octets))));
  return Exit::kOk;
}

Result<LoginTest> log_in(const profile::Account& account, const fetch::Credential& credential,
                         const net::StopSignal& stop, bool verbose) {
  fetch::SessionOptions options(account, stop);
  options.secret = credential.secret;
  options.kind = credential.kind;
  if (verbose)
    options.trace = [](char direction, std::string_view line) {
      std::cerr << direction << ' ' << console::harmless_line(line) << '\n';
    };
  RESTANTE_TRY(const auto session, fetch::Session::open(options));
  RESTANTE_TRY(const auto totals, session->stat());
  LoginTest tested{account.user, std::string(session->login_method()), totals.messages,
                   totals.octets};
  RESTANTE_CHECKED(session->quit());
  return tested;
}

Result<LoginTest> log_in_as_either(const profile::Account& account,
                                   const fetch::Credential& credential, const net::StopSignal& stop,
                                   bool verbose, const std::string& second_user) {
  auto tested = log_in(account, credential, stop, verbose);
  if (tested || tested.error().code != Errc::kAuth || second_user.empty()) return tested;
  profile::Account second = account;
  second.user = second_user;
  auto again = log_in(second, credential, stop, verbose);
  return again ? std::move(again) : std::move(tested);
}

}  // namespace

Result<LoginTest> test_login(const profile::Account& account, const profile::Profile& profile,
                             bool verbose, const std::string& second_user) {
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  fetch::SecretContext secrets{profile, *stop, {}};
  if (console::can_ask())
    secrets.ask = [](const std::string& prompt) -> Result<SecretString> {
      RESTANTE_TRY(std::string typed, console::ask_password(prompt));
      SecretString secret(typed);
      wipe(typed);
      return secret;
    };
  RESTANTE_TRY(const fetch::Credential credential, fetch::credential_of(account, secrets));
  return log_in_as_either(account, credential, *stop, verbose, second_user);
}

Result<LoginTest> try_password(const profile::Account& account, const SecretString& password,
                               const std::string& second_user) {
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  fetch::Credential credential;
  credential.secret = password;
  return log_in_as_either(account, credential, *stop, false, second_user);
}

void add_account_test_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<TestOptions>();
  CLI::App& made = add_command(account, chosen,
                               {"test", "Log in and count the messages; fetches nothing",
                                "  restante account test work\n"
                                "  restante account test work --verbose   # show the dialogue"},
                               [options](Context& context) { return run(context, *options); });
  made.add_option("NAME", options->name, "Of the account")->required()->type_name("");
  made.add_flag("--verbose", options->verbose, "Show the dialogue; secrets are left out");
}

}  // namespace restante::cli
