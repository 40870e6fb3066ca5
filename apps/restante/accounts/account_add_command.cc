#include "restante/accounts/account_add_command.h"

#include "restante/accounts/account_setup.h"

namespace restante::cli {
namespace {

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
  const auto options = std::make_shared<SetupWish>();
  CLI::App& made = add_command(
      parent, chosen,
      {"add", "Find an account's server, test it, and add it to the configuration",
       "  restante account add alice@example.com --name work\n"
       "  restante account add alice@example.com --name work --password-command 'pass show work'\n"
       "  restante account add alice@example.com --name work --host mail.example.com --print"},
      [options](Context& context) { return AccountSetup(context, *options).run(); },
      Needs::kNothing);
  made.add_option("ADDRESS", options->address, "The mail address")->type_name("");
  made.add_option("--name", options->account.name, "What you call the account")->type_name("NAME");
  made.add_option("--host", options->server.host,
                  "The server; default: found by the address's domain")
      ->type_name("HOST");
  made.add_option("--port", options->server.port, "Of the server")->type_name("N");
  made.add_option("--tls", options->server.tls, "implicit, starttls or none; default: what works")
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
