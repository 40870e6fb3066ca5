#include "restante/accounts/probe_command.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "profile/places.h"
#include "restante/accounts/account_text.h"
#include "restante/accounts/server_search.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

namespace json = boost::json;

struct ProbeOptions {
  std::string host;
  std::uint16_t port = 0;
  std::string tls;
  std::string ca_file;
  std::string pin;
  bool verbose = false;
};

json::array lines_of(const pop3::Capabilities& capabilities) {
  return json::array(capabilities.lines.begin(), capabilities.lines.end());
}

/// As the options say; what they leave open is as for an account.
profile::Account account_of(ProbeOptions options) {
  split_port(options.host, options.port);
  profile::Account account;
  account.name = options.host;
  account.host = options.host;
  if (options.tls == "starttls" || (options.tls.empty() && options.port == 110))
    account.tls = profile::Tls::kStarttls;
  if (options.tls == "none") account.tls = profile::Tls::kNone;
  account.port = account.tls == profile::Tls::kImplicit ? 995 : 110;
  if (options.port != 0) account.port = options.port;
  if (!options.ca_file.empty())
    account.ca_file = profile::expand(options.ca_file, std::filesystem::current_path());
  if (!options.pin.empty()) account.pins = {options.pin};
  return account;
}

Exit run(const Context& context, const ProbeOptions& options) {
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  const profile::Account account = account_of(options);
  fetch::Trace trace;
  if (options.verbose)
    trace = [&context](char direction, std::string_view line) {
      context.out().note(fmt::format("{} {}", direction, line));
    };
  const auto seen = fetch::probe(account, **stop, trace);
  if (!seen) return fail(to_server_exit(seen.error()), seen.error().detail);
  print(context.out(), account, *seen);
  return seen->distrust.empty() ? Exit::kOk : Exit::kRefused;
}

std::string or_none(const std::string& text) { return text.empty() ? "none that is safe" : text; }

}  // namespace

json::object to_json(const profile::Account& account, const fetch::Probe& probe) {
  json::object object{{"host", account.host},
                      {"port", account.port},
                      {"tls", to_text(account.tls)},
                      {"peer", probe.peer},
                      {"greeting", probe.greeting},
                      {"tls_version", probe.tls_version},
                      {"certificate_sha256", probe.sha256},
                      {"trusted", probe.distrust.empty()},
                      {"distrust", probe.distrust},
                      {"mechanisms", probe.capabilities.sasl},
                      {"password_login", probe.password_login},
                      {"token_login", probe.token_login}};
  object["capabilities_before_tls"] = lines_of(probe.before_tls);
  object["capabilities"] = lines_of(probe.capabilities);
  return object;
}

void print(const Output& out, const profile::Account& account, const fetch::Probe& probe) {
  if (!out.text()) return out.print(to_json(account, probe));
  const auto row = [&out](std::string_view key, const std::string& value) {
    if (!value.empty()) out.line(fmt::format("{:<16}{}", key, value));
  };
  row("server", fmt::format("{}:{} ({})", account.host, account.port, probe.peer));
  row("greeting", probe.greeting);
  row("tls", probe.tls_version.empty()
                 ? std::string("none: everybody on the way can read along")
                 : fmt::format("{}, {}", to_text(account.tls), probe.tls_version));
  row("certificate", probe.sha256.empty() ? "" : "sha256:" + probe.sha256);
  row("trusted", probe.sha256.empty() ? "" : probe.distrust.empty() ? "yes" : "no");
  row("implementation", probe.capabilities.implementation);
  row("mechanisms", probe.capabilities.sasl);
  row("password by", or_none(probe.password_login));
  row("token by", or_none(probe.token_login));
  for (const std::string& line : probe.before_tls.lines) row("before TLS", line);
  for (const std::string& line : probe.capabilities.lines) row("capability", line);
  if (!probe.distrust.empty()) out.note("restante: " + probe.distrust);
}

void add_probe_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ProbeOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"probe", "Look at a server without logging in: TLS, certificate, mechanisms",
       "  restante probe pop.example.com\n"
       "  restante probe mail.example.com --tls starttls --verbose"},
      [options](Context& context) { return run(context, *options); }, Needs::kNothing);
  made.add_option("HOST", options->host, "Name or address of the server; HOST:PORT is fine, too")
      ->required()
      ->type_name("");
  made.add_option("--port", options->port, "Default: 995, or 110 without implicit TLS")
      ->type_name("N");
  made.add_option("--tls", options->tls, "implicit (default), starttls or none")
      ->check(CLI::IsMember({"implicit", "starttls", "none"}))
      ->type_name("MODE");
  made.add_option("--ca-file", options->ca_file, "Authorities to believe, PEM")->type_name("FILE");
  made.add_option("--pin", options->pin, "SHA-256 that the certificate must have")
      ->type_name("HEX");
  made.add_flag("--verbose", options->verbose, "Show the whole dialogue");
}

}  // namespace restante::cli
