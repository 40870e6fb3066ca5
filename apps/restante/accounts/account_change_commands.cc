#include "restante/accounts/account_change_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "archive/database/account_change.h"
#include "archive/database/archive_id.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/mailbox.h"
#include "base/numbers.h"
#include "config/file.h"
#include "fetch/hand_on/hand_on_names.h"
#include "fetch/secrets/oauth_store.h"
#include "restante/accounts/account_lines.h"
#include "restante/frame/archive_claim.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

struct RenameOptions {
  std::string from;
  std::string to;
};

struct RemoveOptions {
  std::string name;
  bool delete_mail = false;
  bool yes = false;
};

bool is_folder(const archive::Path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// Asked first, so that a change does not fail half-way at the configuration.
Status check_writable(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path place = std::filesystem::canonical(file, error);
  if (!error && ::access(place.parent_path().c_str(), W_OK) == 0) return ok();
  return Error(Errc::kExists, file.string() + " cannot be changed: its folder is not writable");
}

/// The account's own, and that of each target, whose name has the account's in it.
std::vector<profile::Account> logins_of(const profile::Account& account) {
  std::vector<profile::Account> logins{account};
  for (const profile::HandOn& target : account.hand_on)
    logins.push_back(fetch::login_of(account, target));
  return logins;
}

/// Access tokens are kept by the login's name.
Status carry_tokens_of(const Context& context, const profile::Account& account,
                       const profile::Account& renamed) {
  if (account.secret.kind != profile::SecretSource::Kind::kOauth) return ok();
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  for (const profile::Issuer& issuer : context.profile().issuers) {
    if (issuer.name != account.secret.value) continue;
    fetch::TokenStore before(account, issuer, *stop);
    fetch::TokenStore behind(renamed, issuer, *stop);
    RESTANTE_CHECKED(before.lock());
    RESTANTE_CHECKED(behind.lock());
    RESTANTE_TRY(const auto tokens, before.load());
    if (!tokens) return ok();
    RESTANTE_CHECKED(behind.save(*tokens));
    return before.forget();
  }
  return ok();
}

Status carry_tokens(const Context& context, const profile::Account& account,
                    const std::string& to) {
  profile::Account renamed = account;
  renamed.name = to;
  const auto before = logins_of(account);
  const auto behind = logins_of(renamed);
  for (std::size_t i = 0; i < before.size(); ++i)
    RESTANTE_CHECKED(carry_tokens_of(context, before[i], behind[i]));
  return ok();
}

Status forget_tokens_of(const Context& context, const profile::Account& account) {
  if (account.secret.kind != profile::SecretSource::Kind::kOauth) return ok();
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  for (const profile::Issuer& issuer : context.profile().issuers)
    if (issuer.name == account.secret.value)
      return fetch::TokenStore(account, issuer, *stop).forget();
  return ok();
}

Status forget_tokens(const Context& context, const profile::Account& account) {
  for (const profile::Account& login : logins_of(account))
    RESTANTE_CHECKED(forget_tokens_of(context, login));
  return ok();
}

Status do_rename(const Context& context, const RenameOptions& options, bool is_in_file) {
  const profile::Profile& profile = context.profile();
  std::string text;
  if (is_in_file) {
    RESTANTE_CHECKED(check_writable(profile.file));
    RESTANTE_TRY(const std::string before, config::read_file(profile.file));
    RESTANTE_TRY(std::string changed, with_other_name(profile, before, options.from, options.to));
    text = std::move(changed);
  }
  const bool has_archive = is_folder(archive::state_folder(profile.archive));
  if (has_archive)
    RESTANTE_CHECKED(archive::rename_account(profile.archive, {options.from, options.to}));
  if (is_in_file) {
    RESTANTE_CHECKED(carry_tokens(context, *find_account(profile, options.from), options.to));
    RESTANTE_CHECKED(replace_text(profile.file, text));
  }
  return has_archive ? archive::end_renaming(profile.archive) : ok();
}

Exit rename(Context& context, const RenameOptions& options) {
  const profile::Profile& profile = context.profile();
  if (const Status checked = archive::check_archive(profile.archive, marker_of(context)); !checked)
    return fail(checked.error());
  const auto pending = archive::pending_renaming(profile.archive);
  if (!pending) return fail(pending.error());
  const bool goes_on = *pending && (*pending)->from == options.from && (*pending)->to == options.to;
  const bool is_in_file = find_account(profile, options.from) != nullptr;
  const bool is_done = find_account(profile, options.to) != nullptr;
  if (!is_in_file && !(goes_on && is_done)) {
    const auto found = context.accounts({options.from});
    return fail(found.error());
  }
  if (is_in_file && is_done)
    return fail(Exit::kCannotCreate, "there is an account \"" + options.to + "\" already");
  if (const Status done = do_rename(context, options, is_in_file); !done)
    return done.error().code == Errc::kSyntax ? fail(Exit::kUsage, done.error().detail)
                                              : fail(done.error());
  context.out().note(fmt::format("account {} is called {} now, in {} and in the archive",
                                 options.from, options.to, profile.file.string()));
  if (!context.out().text()) context.out().print({{"account", options.to}, {"was", options.from}});
  return Exit::kOk;
}

bool is_confirmed(const std::string& name) {
  std::cerr << fmt::format("Delete all mail of account {} from this disk? [y/N] ", name)
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// The archive may have one that the configuration has no more.
bool is_in_archive(const Context& context, const std::string& name) {
  const auto all = archive::accounts_in(context.profile().archive);
  return all && std::find(all->begin(), all->end(), name) != all->end();
}

Status take_out_of_file(const Context& context, const profile::Account& account) {
  const profile::Profile& profile = context.profile();
  RESTANTE_CHECKED(check_writable(profile.file));
  RESTANTE_TRY(const std::string before, config::read_file(profile.file));
  RESTANTE_TRY(const std::string text, without_account(profile, before, account.name));
  RESTANTE_CHECKED(replace_text(profile.file, text));
  return forget_tokens(context, account);
}

Exit remove(Context& context, const RemoveOptions& options) {
  const profile::Profile& profile = context.profile();
  const profile::Account* const account = find_account(profile, options.name);
  if (account == nullptr && !(options.delete_mail && is_in_archive(context, options.name)))
    return fail(context.accounts({options.name}).error());
  if (options.delete_mail) {
    if (const Status checked = check_archive(context); !checked) return fail(checked.error());
    const bool can_ask = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    if (!options.yes && !can_ask)
      return fail(Exit::kUsage, "there is no terminal to ask at: write --yes to delete the mail");
    if (!options.yes && !is_confirmed(options.name))
      return fail(Exit::kUsage, "nothing was removed");
  }
  const auto waiting = archive::count_waiting(profile.archive, options.name);
  if (account != nullptr)
    if (const Status done = take_out_of_file(context, *account); !done) return fail(done.error());
  std::uint64_t deleted = 0;
  if (options.delete_mail) {
    const auto erased = archive::erase_account(profile.archive, options.name);
    if (!erased) return fail(erased.error());
    deleted = *erased;
  }
  if (!context.out().text())
    context.out().print({{"account", options.name}, {"messages_deleted", deleted}});
  const std::string mail =
      options.delete_mail
          ? counted(deleted, "message") + " deleted from this disk"
          : fmt::format("its mail stays in {}", (profile.archive / options.name).string());
  context.out().note(
      fmt::format("account {} is removed; {}; nothing was done on its server", options.name, mail));
  if (waiting && *waiting > 0)
    context.out().note(counted(*waiting, "message that waited is", "messages that waited are") +
                       " not handed on");
  return Exit::kOk;
}

void add_rename(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<RenameOptions>();
  CLI::App& made = add_command(
      account, chosen,
      {"rename", "Give an account another name, with all that is known of it",
       "  restante account rename work office\n"
       "The configuration, the mail, what was fetched and handed on, and access tokens go "
       "along.\n"
       "Who only changes the name in the file has a new account, which fetches all mail again."},
      [options](Context& context) { return rename(context, *options); });
  made.add_option("NAME", options->from, "The account's name")->required()->type_name("");
  made.add_option("NEW", options->to, "Its new name")->required()->type_name("");
}

}  // namespace

void add_account_change_commands(CLI::App& account, Chosen& chosen) {
  add_rename(account, chosen);
  const auto options = std::make_shared<RemoveOptions>();
  CLI::App& made = add_command(
      account, chosen,
      {"remove", "Take an account out of the configuration; its mail stays",
       "  restante account remove work\n"
       "  restante account remove work --delete-mail    # asks\n"
       "The account's lines leave the configuration, and its access tokens this machine. Its\n"
       "mail stays in the archive and is found as before; what was fetched stays known, so that\n"
       "an account that is added again under this name fetches nothing twice. Nothing happens on\n"
       "the server. With --delete-mail the archive forgets all of that, and the mail is gone."},
      [options](Context& context) { return remove(context, *options); });
  made.add_option("NAME", options->name, "Of the account")->required()->type_name("");
  made.add_flag("--delete-mail", options->delete_mail,
                "Delete its mail from this disk, too, and all that is known of it");
  made.add_flag("-y,--yes", options->yes, "Do not ask");
}

}  // namespace restante::cli
