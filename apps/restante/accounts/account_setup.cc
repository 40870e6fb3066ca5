#include "restante/accounts/account_setup.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "console/harmless.h"
#include "console/password_input.h"
#include "fetch/secrets/secret_source.h"
#include "profile/load.h"
#include "restante/accounts/account_test_command.h"
#include "restante/accounts/secret_keeping.h"
#include "restante/frame/signals.h"
#include "restante/keeping/take_over_command.h"

namespace restante::cli {
namespace {

using Kind = profile::SecretSource::Kind;

// Some servers lock out who tries more often.
constexpr int kLoginsMax = 4;

std::string domain_of(const std::string& address) {
  const auto at = address.rfind('@');
  return at == std::string::npos ? std::string() : address.substr(at + 1);
}

Exit refuse_usage(const std::string& what) {
  return fail(Exit::kUsage, what + "; see restante account add --help");
}

/// The mistake that the configuration would find in this name; empty: it is a good one.
std::string mistake_in(const std::string& name) {
  NewAccount account;
  account.name = name;
  account.user = "u";
  profile::Account server = account.as_account();
  server.host = "h";
  const auto parsed =
      profile::parse("archive = \"/\"\n" + account_block(account, server), "", "/", false);
  if (parsed.profile) return {};
  const std::string& mistake = parsed.mistakes.front();  // ":LINE: name: what"
  return mistake.substr(std::min(mistake.find(": ") + 2, mistake.size()));
}

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "-_.@/:+=,%";
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
    return is_alpha(c) || is_digit(c) || kPlain.find(c) != kPlain.npos;
  });
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string free_name(const profile::Profile& profile, const std::string& domain) {
  if (find_account(profile, "work") == nullptr) return "work";
  std::string base = domain.substr(0, domain.find('.'));
  if (base.empty() || !mistake_in(base).empty()) base = "mail";
  std::string name = base;
  for (int i = 2; find_account(profile, name) != nullptr; ++i) name = fmt::format("{}{}", base, i);
  return name;
}

std::string command_line(const SetupWish& wish) {
  std::string line = "restante account add";
  const auto add = [&line](const char* option, const std::string& value) {
    if (!value.empty()) line += fmt::format("{} {}", option, quoted(value));
  };
  add("", wish.address);
  add(" --name", wish.account.name);
  add(" --host", wish.server.host);
  if (wish.server.port != 0) line += fmt::format(" --port {}", wish.server.port);
  add(" --tls", wish.server.tls);
  add(" --user", wish.account.user);
  add(" --password-command", wish.account.password_command);
  add(" --password-file", wish.account.password_file);
  if (wish.account.keyring) line += " --keyring";
  add(" --oauth", wish.account.oauth);
  add(" --ca-file", wish.account.ca_file);
  add(" --pin", wish.account.pin);
  if (wish.from_now_on) line += " --from-now-on";
  return line;
}

Exit AccountSetup::run() {
  split_port(wish_.server.host, wish_.server.port);
  if (const Exit asked = ask_address(); asked != Exit::kOk) return asked;
  if (const Exit asked = ask_name(); asked != Exit::kOk) return asked;
  ask_secret();
  account_ = wish_.account.as_account();
  if (const Exit found = find(); found != Exit::kOk) return give_up(found);
  const bool can_test = wish_.account.can_test(console::can_ask());
  if (!wish_.no_test && can_test)
    if (const Exit tested = log_in(); tested != Exit::kOk) return give_up(tested);
  return finish();
}

Exit AccountSetup::ask_address() {
  do {
    if (wish_.address.empty()) wish_.address = dialogue_.ask("Mail address");
    const std::string domain = domain_of(wish_.address);
    if (!domain.empty() && wish_.address.size() > domain.size() + 1) return Exit::kOk;
    if (!dialogue_.can_ask() || wish_.address.empty()) break;
    context_.out().note("that is no mail address; one looks like me@example.com");
    wish_.address.clear();
  } while (dialogue_.can_ask());
  return refuse_usage("a mail address is needed, as in me@example.com");
}

Exit AccountSetup::ask_name() {
  std::string& name = wish_.account.name;
  const std::string proposal = free_name(context_.profile(), domain_of(wish_.address));
  for (;;) {
    if (name.empty())
      name = dialogue_.can_ask() ? dialogue_.ask("Name of the account", proposal) : "";
    if (name.empty()) return refuse_usage("--name is needed");
    const bool is_taken = find_account(context_.profile(), name) != nullptr;
    std::string wrong =
        is_taken ? fmt::format("there is an account \"{}\" already", name) : mistake_in(name);
    if (wrong.empty()) return Exit::kOk;
    if (!dialogue_.can_ask())
      return fail(is_taken ? Exit::kCannotCreate : Exit::kUsage,
                  fmt::format("{}; \"{}\" is free", wrong, proposal));
    context_.out().note(wrong);
    name.clear();
  }
}

void AccountSetup::ask_secret() {
  NewAccount& account = wish_.account;
  if (account.has_secret() || !dialogue_.can_ask()) return;
  const std::string answer = dialogue_.ask(
      "Command that prints the password; or \"keyring\" or \"file\", to have it kept there (empty: "
      "you are asked each time)");
  if (answer == "keyring")
    keep_ = Keep::kKeyring;
  else if (answer == "file")
    keep_ = Keep::kFile;
  else
    account.password_command = answer;
}

/// Until there is a server that is trusted, or the person ends it.
Exit AccountSetup::find() {
  for (;;) {
    wish_.server.ca_file = wish_.account.ca_file;
    wish_.server.may_name_the_user = wish_.account.user.empty();
    if (wish_.account.user.empty()) account_.user = wish_.address;
    const auto seen = find_server(context_, wish_.server, wish_.address, dialogue_, account_);
    if (seen && is_trusted(*seen)) return Exit::kOk;
    Exit code = Exit::kRefused;
    if (!seen) code = fail(to_server_exit(seen.error()), seen.error().detail);
    if (code == Exit::kInterrupted || !ask_server()) return code;
  }
}

bool AccountSetup::is_trusted(const fetch::Probe& seen) {
  if (seen.distrust.empty() || !wish_.account.pin.empty()) return true;
  static_cast<void>(fail(Exit::kRefused, seen.distrust));
  if (!dialogue_.can_ask()) {
    static_cast<void>(fail(Exit::kRefused, "if it is the right one: --pin " + seen.sha256));
    return false;
  }
  if (!dialogue_.agrees(fmt::format("Is it this certificate? SHA-256 {}", seen.sha256)))
    return false;
  wish_.account.pin = seen.sha256;
  account_.pins = {seen.sha256};
  return true;
}

bool AccountSetup::ask_server() {
  if (!dialogue_.can_ask()) return false;
  std::string host = dialogue_.ask("Server with the mailbox, HOST or HOST:PORT (empty: end)");
  if (host.empty()) return false;
  wish_.server = {};
  split_port(host, wish_.server.port);
  wish_.server.host = host;
  // A pin was of the server before.
  wish_.account.pin.clear();
  account_.pins.clear();
  return true;
}

/// The password, typed by a person: it is asked for here, so that it can be kept.
Result<SecretString> AccountSetup::secret() {
  RESTANTE_TRY(
      std::string typed,
      console::ask_password(fmt::format(
          "Password of {} at {}: ", console::harmless_line(account_.user), account_.host)));
  SecretString made(typed);
  wipe(typed);
  return made;
}

/// A login name that was not given is the one that the domain publishes, the whole address, or its
/// local part (RFC 6186 s.4). A keyring has the secret under one name.
Exit AccountSetup::log_in() {
  for (int i = 1;; ++i) {
    const bool is_guess = wish_.account.user.empty() && !wish_.account.keyring;
    const std::string local_part = wish_.address.substr(0, wish_.address.rfind('@'));
    const std::string& other = account_.user == local_part ? wish_.address : local_part;
    const std::string second = is_guess ? other : std::string();
    Result<LoginTest> tested = Error(Errc::kAuth, "");
    if (account_.secret.kind == Kind::kPrompt) {
      auto typed = secret();
      if (!typed) return fail(to_server_exit(typed.error()), typed.error().detail);
      typed_ = std::move(*typed);
      tested = try_password(account_, typed_, second);
    } else {
      tested = test_login(account_, context_.profile(), false, second);
    }
    if (tested) {
      account_.user = tested->user;
      context_.out().note(fmt::format("logged in as {} by {}; {} there", tested->user,
                                      tested->method, counted(tested->messages, "message")));
      logged_in_ = true;
      return Exit::kOk;
    }
    const Exit code = fail(to_server_exit(tested.error()), tested.error().detail);
    if (code == Exit::kInterrupted || i == kLoginsMax || !ask_login_again()) return code;
  }
}

bool AccountSetup::ask_login_again() {
  if (!dialogue_.can_ask()) return false;
  const std::string user =
      dialogue_.ask("Login name to try again with (\"-\": end)", account_.user);
  if (user == "-" || !dialogue_.can_ask()) return false;
  if (user != account_.user) wish_.account.user = account_.user = user;
  if (account_.secret.kind != Kind::kCommand) return true;
  wish_.account.password_command =
      dialogue_.ask("Command that prints the password", wish_.account.password_command);
  account_.secret.value = wish_.account.password_command;
  return dialogue_.can_ask();
}

Status AccountSetup::keep_secret() {
  if (keep_ == Keep::kNowhere) return ok();
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  if (keep_ == Keep::kKeyring) {
    RESTANTE_CHECKED(keep_in_keyring(account_, typed_, *stop));
    account_.secret = {Kind::kKeyring, {}, {}, {}};
    return ok();
  }
  RESTANTE_TRY(const std::filesystem::path file,
               keep_in_file(context_.profile().file.parent_path(), account_.name, typed_));
  account_.secret = {Kind::kFile, file.string(), {}, {}};
  context_.out().note("the password is in " + file.string() + ", for you alone to read");
  return ok();
}

/// The block is in the file, or nothing is.
Exit AccountSetup::finish() {
  wish_.account.user = account_.user;
  if (wish_.print) {
    context_.out().line(account_block(wish_.account, account_));
    return Exit::kOk;
  }
  if (logged_in_)
    if (const Status kept = keep_secret(); !kept) {
      static_cast<void>(fail(Exit::kIo, "the password is not kept: " + kept.error().detail));
      keep_ = Keep::kNowhere;
    }
  const std::filesystem::path& file = context_.profile().file;
  const Status done = append_account(file, account_block(wish_.account, account_));
  if (!done) {
    if (account_.secret.kind == Kind::kFile && keep_ == Keep::kFile)
      std::filesystem::remove(account_.secret.value);
    const bool is_mistake = done.error().code == Errc::kSyntax;
    return give_up(fail(is_mistake ? Exit::kConfig : Exit::kCannotCreate, done.error().detail));
  }
  const Output& out = context_.out();
  out.note("added to " + file.string());
  if (account_.secret.kind == Kind::kPrompt)
    out.note("the password is asked for in each run; a timer and fetch --watch cannot ask");
  if (account_.secret.kind == Kind::kOauth)
    out.note("next: restante account login " + account_.name);
  else
    out.note("next: restante fetch " + account_.name);
  return wish_.from_now_on ? leave_what_is_there(context_, account_.name) : Exit::kOk;
}

Exit AccountSetup::give_up(Exit code) const {
  // Without a terminal the caller still has its own command line.
  if (console::can_ask()) context_.out().note("to go on later: " + command_line(wish_));
  return code;
}

}  // namespace restante::cli
