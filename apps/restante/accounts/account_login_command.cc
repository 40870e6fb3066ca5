#include "restante/accounts/account_login_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include "base/thread.h"
#include "fetch/hand_on/hand_on_names.h"
#include "fetch/secrets/oauth_browser.h"
#include "fetch/secrets/oauth_device.h"
#include "fetch/secrets/oauth_store.h"
#include "fetch/secrets/oauth_token.h"
#include "fetch/secrets/secret_command.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

struct LoginOptions {
  std::string name;
  bool browser = false;
  bool device = false;
  bool paste = false;
  bool no_open = false;
};

/// For a person: on stderr, with --quiet too, since nothing goes on without.
void say(const std::string& text) { std::cerr << text << std::endl; }

void show_device(const fetch::DeviceInvitation& invitation) {
  say(fmt::format("Open   {}\nand type   {}", invitation.address, invitation.code));
  if (!invitation.whole_address.empty()) say("or open    " + invitation.whole_address);
}

void show_paste(const std::string& address) {
  say("Open this address in a browser of any machine and log in:\n\n  " + address +
      "\n\nThe browser ends at a page that it cannot show. Paste its address here:");
}

/// The desktop's browser, if there is one; a user without one opens the address anywhere on this
/// machine.
void open_browser(const std::string& address, const net::StopSignal& stop) {
  fetch::SecretCommand command;
  command.words = {"xdg-open", address};
  command.name = "xdg-open";
  command.timeout = std::chrono::seconds(20);
  static_cast<void>(fetch::run_secret_command(command, stop));
}

Result<fetch::Tokens> log_in(const profile::Account& account, const profile::Issuer& issuer,
                             const LoginOptions& options, const net::StopSignal& stop) {
  const bool by_device =
      options.device || (!options.browser && !options.paste && !issuer.device_url.empty());
  if (by_device && issuer.device_url.empty())
    return Error(Errc::kState, issuer.name + " has no device_url; use --browser");
  if (!by_device && issuer.authorization_url.empty())
    return Error(Errc::kState, issuer.name + " has no authorization_url; use --device");
  if (by_device) return fetch::log_in_by_device(issuer, show_device, stop);
  if (options.paste)
    return fetch::log_in_by_paste(issuer, account.user, show_paste, STDIN_FILENO, stop);
  std::thread opener;
  const auto show = [&](const std::string& address) {
    say("Open this address in a browser of this machine:\n\n  " + address + "\n");
    if (options.no_open) return;
    auto started = start_thread([address, &stop] { open_browser(address, stop); });
    if (started) opener = std::move(*started);  // Otherwise the address is there to be copied.
  };
  auto tokens = fetch::log_in_by_browser(issuer, account.user, show, stop);
  if (opener.joinable()) opener.join();
  return tokens;
}

/// An account, or ACCOUNT:TARGET, what its mail is handed on to.
Result<profile::Account> login_named(const Context& context, const std::string& name) {
  const std::size_t colon = name.find(':');
  RESTANTE_TRY(const auto found, context.accounts({name.substr(0, colon)}));
  const profile::Account& account = *found.front();
  if (colon == std::string::npos) return account;
  for (const profile::HandOn& target : account.hand_on)
    if (target.name == name.substr(colon + 1)) return fetch::login_of(account, target);
  return Error(Errc::kNotFound, fmt::format("the account {} has no target of the name {}",
                                            account.name, name.substr(colon + 1)));
}

Exit run(const Context& context, const LoginOptions& options) {
  const auto found = login_named(context, options.name);
  if (!found) return fail(found.error());
  const profile::Account& account = *found;
  const profile::Issuer* const issuer = fetch::issuer_of(account, context.profile());
  if (issuer == nullptr)
    return fail(Exit::kUnavailable,
                fmt::format("{} has no tokens: its configuration has no oauth = \"…\"; "
                            "restante account test tries its password",
                            account.name));
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  const auto tokens = log_in(account, *issuer, options, **stop);
  if (!tokens) return fail(to_server_exit(tokens.error()), tokens.error().detail);
  fetch::TokenStore store(account, *issuer, **stop);
  if (const Status locked = store.lock(); !locked) return fail(locked.error());
  if (const Status saved = store.save(*tokens); !saved) return fail(saved.error());
  if (tokens->refresh.empty())
    context.out().note(
        "restante: the issuer gave no refresh token: this login ends with the token");
  context.out().note(fmt::format("{}: logged in at {}", account.name, issuer->name));
  return Exit::kOk;
}

}  // namespace

void add_account_login_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<LoginOptions>();
  CLI::App& made =
      add_command(account, chosen,
                  {"login", "Log in at the issuer of an account's tokens (OAuth 2)",
                   "  restante account login work             # with a code, on any device\n"
                   "  restante account login work --browser   # in a browser of this machine\n"
                   "  restante account login work:gmail       # for what its mail is handed on to"},
                  [options](Context& context) { return run(context, *options); });
  made.add_option("NAME", options->name, "Of the account, or ACCOUNT:TARGET")
      ->required()
      ->type_name("");
  CLI::Option& device = *made.add_flag("--device", options->device, "With a code to be typed");
  CLI::Option& browser =
      *made.add_flag("--browser", options->browser, "In a browser")->excludes(&device);
  made.add_flag("--paste", options->paste, "In a browser of another machine, by pasting back")
      ->excludes(&device)
      ->excludes(&browser);
  made.add_flag("--no-open", options->no_open, "Do not start the browser; only print the address");
}

}  // namespace restante::cli
