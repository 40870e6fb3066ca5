#include <chrono>

#include "accounts/login/authenticator.h"
#include "accounts/login/login_name.h"
#include "accounts/passwords/password.h"
#include "base/secret_string.h"
#include "console/password_input.h"
#include "restantectl/accounts/account_allowance.h"
#include "restantectl/commands.h"
#include "restantectl/views/view_of_login.h"
#include "server/common/back_ends.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using Milliseconds = std::chrono::milliseconds;

struct TestOptions {
  std::string name;
  bool password_stdin = false;
  std::string from;  ///< The client's address.
};

/// The findings; absent where a step was not tried.
struct Findings {
  std::string name;
  std::optional<accounts::Account> account;
  std::string place;                 ///< The back end that has the account.
  std::vector<std::string> targets;  ///< Of an alias.
  Milliseconds lookup{};
  std::optional<Status> password;
  Milliseconds check{};
  LoginLabel login{};
  std::string view;  ///< That a login would open, in words.
};

template <typename Work>
auto timed(Milliseconds& took, Work work) {
  const auto began = std::chrono::steady_clock::now();
  auto answer = work();
  took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
  return answer;
}

/// "CRYPT", "ARGON2ID", …, or that the back end keeps it to itself.
std::string password_kept(const accounts::Account& account) {
  if (account.asks_back_end()) return "by the back end";
  const std::string scheme = accounts::scheme_of(account.secret);
  return scheme.empty() ? "none" : scheme;
}

std::string state_of(const accounts::Account& account) {
  if (!account.enabled) return "disabled";
  if (!account.fault.empty()) return "unusable";
  return account.no_login ? "nologin" : "enabled";
}

std::string verdict(const Status& checked) {
  if (checked) return "right";
  return checked.error().code == Errc::kAuth ? "wrong" : "cannot be checked";
}

Result<Findings> look_up(Office& office, const TestOptions& options) {
  Findings out;
  RESTANTE_TRY(auto* const directory, office.directory());
  RESTANTE_TRY(auto login, take_label(office, options.name));
  RESTANTE_TRY(std::string name, accounts::canonical_name(login.name, office.names()));
  out.login = std::move(login);
  out.name = std::move(name);
  auto account =
      timed(out.lookup, [&] { return accounts::find_any_spelling(*directory, out.name); });
  if (account) {
    out.name = account->name;
    out.place = directory->place_of(*account);
    out.account = std::move(*account);
    return out;
  }
  if (account.error().code != Errc::kNotFound) return std::move(account).error();
  auto targets = accounts::find_alias_any_spelling(*directory, out.name);
  if (!targets && targets.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no back end knows " + out.name);
  if (!targets) return std::move(targets).error();
  out.targets = std::move(*targets);
  return out;
}

Status check_password(Office& office, Findings& findings, const std::string& from) {
  RESTANTE_TRY(auto* const directory, office.directory());
  RESTANTE_TRY(std::string password, console::read_new_password(true, findings.name));
  accounts::Authenticator authenticator(*directory, system_clock(),
                                        server::authenticator_settings(office.config()));
  const auto checked =
      timed(findings.check, [&] { return authenticator.check(findings.name, password, from); });
  wipe(password);
  findings.password = checked ? ok() : Status(checked.error());
  if (checked) findings.login.device = checked->device;
  return ok();
}

void print_json(const Output& out, const Findings& findings) {
  json::object object{{"name", findings.name},
                      {"found", findings.account ? "account" : "alias"},
                      {"lookup_ms", findings.lookup.count()}};
  if (findings.account) {
    object["back_end"] = findings.place;
    object["enabled"] = findings.account->enabled;
    if (findings.account->no_login) object["nologin"] = true;
    if (findings.account->networks) object["networks"] = findings.account->networks->to_string();
    if (!findings.account->fault.empty()) object["fault"] = findings.account->fault;
    object["password_kept"] = password_kept(*findings.account);
    object["view"] = findings.view;
    add_allowance(findings.account->allowance, object);
  } else {
    object["targets"] = json::array(findings.targets.begin(), findings.targets.end());
  }
  if (findings.password) {
    object["password"] = verdict(*findings.password);
    if (!*findings.password) object["reason"] = findings.password->error().detail;
    object["check_ms"] = findings.check.count();
  }
  out.print(object);
}

void print_text(const Output& out, const Findings& findings) {
  out.line("name          " + findings.name);
  if (findings.account) {
    out.line("found         account, in " + findings.place);
    out.line("state         " + state_of(*findings.account));
    if (!findings.account->fault.empty()) out.line("fault         " + findings.account->fault);
    if (findings.account->networks)
      out.line("networks      " + findings.account->networks->to_string());
    out.line("password kept " + password_kept(*findings.account));
    out.line("quota         " + quota_text(findings.account->allowance));
    out.line("view          " + findings.view);
  } else {
    out.line("found         alias");
    for (const std::string& target : findings.targets) out.line("target        " + target);
  }
  out.line("lookup        " + std::to_string(findings.lookup.count()) + " ms");
  if (!findings.password) return;
  out.line("password      " + verdict(*findings.password));
  if (!*findings.password) out.line("reason        " + findings.password->error().detail);
  out.line("check         " + std::to_string(findings.check.count()) + " ms");
}

/// An outage is worth another try; everything else is told as always.
Exit fail_test(const Error& error) {
  return error.code == Errc::kIo ? fail(Exit::kTemporary, error.detail) : fail(error);
}

/// kOk when there is such an account or alias, and the password, if one is asked for, is right;
/// kNoUser (also: a password of an alias); kPermission (wrong password, or disabled); kTemporary (a
/// back end is down).
Exit account_test(Office& office, const TestOptions& options) {
  auto findings = look_up(office, options);
  if (!findings) return fail_test(findings.error());
  if (options.password_stdin && findings->account) {
    const Status checked = check_password(office, *findings, options.from);
    if (!checked) return fail(checked.error());
  }
  if (findings->account) {
    auto view = view_of_login(office, findings->account->name, findings->login);
    if (!view) return fail_test(view.error());
    findings->view = std::move(*view);
  }
  if (office.out().json())
    print_json(office.out(), *findings);
  else
    print_text(office.out(), *findings);
  if (options.password_stdin && !findings->account)
    return fail(Exit::kNoUser, findings->name +
                                   " is an alias: nobody logs in by one; test the "
                                   "account that it leads to");
  if (!findings->password || *findings->password) return Exit::kOk;
  const Error& error = findings->password->error();
  if (error.code == Errc::kAuth) return fail(Exit::kPermission, error.detail);
  return fail_test(error);
}

}  // namespace

void add_account_test_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<TestOptions>();
  CLI::App& test = add_command(
      account, chosen,
      {"test", "Look a name up as the server would, and say where it is",
       "  restantectl account test alice@example.com\n"
       "  restantectl account test alice@example.com#phone --password-stdin --from 192.0.2.1"},
      [options](Office& office) { return account_test(office, *options); });
  add_name(test, options->name);
  test.add_flag("--password-stdin", options->password_stdin,
                "Check the password on one line of stdin, too");
  test.add_option("--from", options->from, "As a client at this address; default: a Unix socket")
      ->type_name("ADDRESS");
}

}  // namespace restante::ctl
