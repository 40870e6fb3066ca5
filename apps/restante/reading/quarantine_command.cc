#include "restante/reading/quarantine_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <map>

#include "archive/database/held_mail.h"
#include "base/numbers.h"
#include "fetch/state/local_mail.h"
#include "restante/frame/archive_claim.h"
#include "restante/reading/quarantine_view.h"

namespace restante::cli {
namespace {

using archive::Held;

struct QuarantineOptions {
  std::vector<std::string> ids;
  bool raw = false;
  bool yes = false;
};

Result<archive::Database> open_database(const Context& context) {
  RESTANTE_CHECKED(check_archive(context));
  return archive::Database::open(context.profile().archive, archive::Access::kWrite);
}

Exit run_list(const Context& context) {
  auto database = open_database(context);
  if (!database) return fail(database.error());
  const auto all = archive::all_held(*database);
  if (!all) return fail(all.error());
  if (all->empty() && context.out().text()) context.out().note("the quarantine is empty");
  if (!all->empty() || !context.out().text()) print_held(context, *all);
  return Exit::kOk;
}

Exit run_show(const Context& context, const QuarantineOptions& options) {
  auto database = open_database(context);
  if (!database) return fail(database.error());
  const auto all = archive::all_held(*database);
  if (!all) return fail(all.error());
  const auto named = find_held(*all, options.ids);
  if (!named) return fail(named.error());
  JointExit joint;
  const Output data({options.raw ? Format::kText : context.out().format(), true, kJsonVersion});
  JsonList objects(data, options.ids.size() == 1 ? Asked::kOne : Asked::kSeveral);
  for (const Held& held : *named) joint.add(show_held(context, held, options.raw, objects));
  return joint.code();
}

/// Asks, unless told not to. Nothing: go on.
std::optional<Exit> ask(const Context& context, const std::vector<Held>& messages,
                        const QuarantineOptions& options, std::string_view what) {
  if (options.yes) return std::nullopt;
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
    return fail(Exit::kUsage, "there is no terminal to ask at: write --yes");
  print_held(context, messages);
  std::cout.flush();
  std::cerr << fmt::format("{} {}? [y/N] ", what, counted(messages.size(), "message"))
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return std::nullopt;
  return fail(Exit::kUsage, "nothing was done");
}

/// The account as configured, for where its mail is handed on; or a bare name.
profile::Account account_named(const Context& context, const std::string& name) {
  for (const profile::Account& account : context.profile().accounts)
    if (account.name == name) return account;
  profile::Account bare;
  bare.name = name;
  return bare;
}

enum class Fate : bool { kReleased, kDeleted };

Status carry_out(const Context& context, const std::string& name, const std::vector<Held>& messages,
                 Fate fate) {
  const profile::Account account = account_named(context, name);
  RESTANTE_TRY(const auto local,
               fetch::LocalMail::open(account, context.profile().archive, system_clock()));
  // Looked at again under the account's lock: a fetch may have let some in meanwhile.
  std::vector<Held> there;
  for (const Held& held : messages) {
    if (local->held() == nullptr) break;
    RESTANTE_TRY(const bool holds, local->held()->holds(held.sha256));
    if (holds) there.push_back(held);
  }
  if (fate == Fate::kReleased) return local->let_in(there);
  for (const Held& held : there) RESTANTE_CHECKED(local->held()->discard(held));
  return ok();
}

Exit run_fate(const Context& context, const QuarantineOptions& options, Fate fate) {
  std::map<std::string, std::vector<Held>> by_account;
  std::size_t count = 0;
  {
    auto database = open_database(context);
    if (!database) return fail(database.error());
    const auto all = archive::all_held(*database);
    if (!all) return fail(all.error());
    const auto named = find_held(*all, options.ids);
    if (!named) return fail(named.error());
    if (const auto refused =
            ask(context, *named, options, fate == Fate::kReleased ? "Release" : "Delete"))
      return *refused;
    count = named->size();
    for (const Held& held : *named) by_account[held.account].push_back(held);
  }
  JointExit joint;
  for (const auto& [account, messages] : by_account) {
    const Status done = carry_out(context, account, messages, fate);
    joint.add(done ? Exit::kOk : fail(done.error()));
  }
  if (joint.code() == Exit::kOk)
    context.out().note(
        fmt::format("{} {}", counted(count, "message"),
                    fate == Fate::kReleased ? "released into the mailbox" : "deleted for good"));
  return joint.code();
}

void add_ids(CLI::App& command, QuarantineOptions& options) {
  command.add_option("ID", options.ids, "Numbers of restante quarantine list, or checksums")
      ->required()
      ->type_name("");
}

void add_fate(CLI::App& group, Chosen& chosen, const CommandText& text, Fate fate) {
  const auto options = std::make_shared<QuarantineOptions>();
  CLI::App& made = add_command(group, chosen, text, [options, fate](Context& context) {
    return run_fate(context, *options, fate);
  });
  add_ids(made, *options);
  made.add_flag("-y,--yes", options->yes, "Do not ask");
}

}  // namespace

void add_quarantine_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group =
      add_group(app, {"quarantine", "What a virus scan has found, and what waits for one", ""});
  add_command(group, chosen,
              {"list", "What is in quarantine, and why", "  restante quarantine list"}, run_list);
  const auto options = std::make_shared<QuarantineOptions>();
  CLI::App& show =
      add_command(group, chosen,
                  {"show", "The header fields of a message in quarantine",
                   "  restante quarantine show 3\n"
                   "  restante quarantine show 3 --raw > suspicious.eml  # the octets as received"},
                  [options](Context& context) { return run_show(context, *options); });
  add_ids(show, *options);
  show.add_flag("--raw", options->raw, "The octets as received, dangerous as they may be");
  add_fate(group, chosen,
           {"release", "Let messages into the mailbox against the scan's joint, after asking",
            "  restante quarantine release 3"},
           Fate::kReleased);
  add_fate(group, chosen,
           {"delete", "Delete messages in quarantine for good, after asking",
            "  restante quarantine delete 3"},
           Fate::kDeleted);
}

}  // namespace restante::cli
