#include "restante/reading/queue_command.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "archive/mailbox/account_lock.h"
#include "base/numbers.h"
#include "fetch/hand_on/hand_on_names.h"
#include "fetch/hand_on/hand_on_rows.h"
#include "restante/frame/archive_claim.h"
#include "restante/frame/local_time.h"
#include "restante/reading/archive_view.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

using fetch::HandOnState;
using fetch::QueueRow;

/// Which rows are meant.
struct QueueOptions {
  std::vector<std::string> ids;
  std::string account;
  std::string target;
  bool all = false;
  std::string to;

  [[nodiscard]] bool chosen() const {
    return !ids.empty() || !account.empty() || !target.empty() || all;
  }
};

using Change = std::function<Status(archive::Database&, const QueueRow&)>;

std::string_view name_of(HandOnState state) {
  return state == HandOnState::kGivenUp ? "given up" : "waiting";
}

Result<std::vector<QueueRow>> rows_of(archive::Database& database, const QueueOptions& options) {
  RESTANTE_TRY(std::vector<QueueRow> rows, fetch::queue_rows(database));
  std::erase_if(rows, [&](const QueueRow& row) {
    return (!options.account.empty() && row.account != options.account) ||
           (!options.target.empty() && row.target != options.target);
  });
  if (options.ids.empty()) return rows;
  std::vector<QueueRow> named;
  for (const std::string& id : options.ids) {
    const auto number = parse_decimal<std::uint32_t>(id);
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const QueueRow& row) {
      return number && row.id == std::int64_t{*number};
    });
    if (found == rows.end())
      return Error(Errc::kNotFound, "the queue has no \"" + id +
                                        "\": write a number as restante queue list shows it");
    named.push_back(*found);
  }
  return named;
}

boost::json::value time_of(fetch::Seconds time) {
  return time == fetch::Seconds() ? boost::json::value(nullptr)
                                  : boost::json::value(to_rfc3339(WallTime(time)));
}

boost::json::object queued_json(const QueueRow& row) {
  return {{"id", row.id},
          {"account", row.account},
          {"target", row.target},
          {"state", name_of(row.state)},
          {"attempts", row.attempts},
          {"first_failure", time_of(row.failed)},
          {"next_try", time_of(row.next)},
          {"reason", row.reason},
          {"message", row.message},
          {"from", row.from},
          {"subject", row.subject},
          {"sha256", row.sha256}};
}

std::string next_of(const QueueRow& row) {
  if (row.state == HandOnState::kGivenUp) return "never";
  return row.next == fetch::Seconds() ? "now" : short_date(row.next.time_since_epoch().count());
}

void print(const Context& context, const std::vector<QueueRow>& rows) {
  JsonList objects(context.out());
  Output::Table table{
      {"ID", "ACCOUNT", "TARGET", "STATE", "TRIES", "NEXT", "SUBJECT", "REASON"}, {}, {}};
  for (const QueueRow& row : rows) {
    objects.add(queued_json(row));
    table.rows.push_back({std::to_string(row.id), row.account, fit(row.target, 30),
                          std::string(name_of(row.state)), std::to_string(row.attempts),
                          next_of(row), fit(row.subject, 30), fit(row.reason, 60)});
  }
  if (!context.out().text()) return;
  if (rows.empty()) context.out().note("nothing waits to be handed on");
  context.out().print(table);
}

Exit run_list(const Context& context, const QueueOptions& options) {
  if (const Status checked = check_archive(context); !checked) return fail(checked.error());
  auto database = archive::Database::open(context.profile().archive, archive::Access::kWrite);
  if (!database) return fail(database.error());
  const auto rows = rows_of(*database, options);
  if (!rows) return fail(rows.error());
  print(context, *rows);
  return Exit::kOk;
}

/// Under the locks of all accounts that are concerned: no fetch is at these rows meanwhile.
Exit run_change(const Context& context, const QueueOptions& options, std::string_view done,
                const Change& change) {
  if (!options.chosen())
    return fail(Exit::kUsage,
                "which? Write numbers of restante queue list, --target, --account "
                "or --all");
  const archive::Path& archive = context.profile().archive;
  if (const Status checked = check_archive(context); !checked) return fail(checked.error());
  auto database = archive::Database::open(archive, archive::Access::kWrite);
  if (!database) return fail(database.error());
  const auto seen = rows_of(*database, options);
  if (!seen) return fail(seen.error());
  std::map<std::string, archive::AccountLock> locks;
  for (const QueueRow& row : *seen) {
    if (locks.contains(row.account)) continue;
    auto lock = archive::AccountLock::take(archive, row.account);
    if (!lock) return fail(lock.error());
    locks.emplace(row.account, std::move(*lock));
  }
  // Looked at again: a fetch may have handed on some meanwhile.
  const auto rows = rows_of(*database, options);
  if (!rows) return fail(rows.error());
  const auto transaction = database->begin();
  if (!transaction) return fail(transaction.error());
  for (const QueueRow& row : *rows)
    if (const Status status = change(*database, row); !status) return fail(status.error());
  if (const Status status = (*transaction)->commit(); !status) return fail(status.error());
  context.out().note(fmt::format("{} {}", counted(rows->size(), "message"), done));
  return Exit::kOk;
}

Exit run_move(const Context& context, const QueueOptions& options) {
  const auto knows = [&](const QueueRow& row) {
    const profile::Account* const account = profile::find_account(context.profile(), row.account);
    if (account == nullptr) return false;
    const std::vector<std::string> names = fetch::destinations_of(*account);
    return std::find(names.begin(), names.end(), options.to) != names.end();
  };
  return run_change(context, options, "moved; the next fetch offers them",
                    [&](archive::Database& database, const QueueRow& row) -> Status {
                      if (knows(row)) return fetch::move_row(database, row, options.to);
                      return Error(Errc::kNotFound, fmt::format("the account {} has no target {}",
                                                                row.account, options.to));
                    });
}

void add_choice(CLI::App& command, QueueOptions& options) {
  command.add_option("ID", options.ids, "Numbers of restante queue list")->type_name("");
  command.add_option("--account", options.account, "Of this account")->type_name("NAME");
  command.add_option("--target", options.target, "For this target")->type_name("NAME");
}

void add_change(CLI::App& group, Chosen& chosen, const CommandText& text, std::string_view done,
                const Change& change) {
  const auto options = std::make_shared<QueueOptions>();
  CLI::App& made = add_command(group, chosen, text, [=](Context& context) {
    return run_change(context, *options, done, change);
  });
  add_choice(made, *options);
  made.add_flag("--all", options->all, "Everything");
}

}  // namespace

void add_queue_commands(CLI::App& app, Chosen& chosen) {
  const auto bare = std::make_shared<QueueOptions>();
  CLI::App& group =
      add_command(app, chosen, {"queue", "What waits to be handed on, and what was given up", ""},
                  [bare](Context& context) { return run_list(context, *bare); });
  const auto options = std::make_shared<QueueOptions>();
  CLI::App& list = add_command(group, chosen,
                               {"list", "What waits, for which target, and why",
                                "  restante queue list\n"
                                "  restante queue list --target gmail"},
                               [options](Context& context) { return run_list(context, *options); });
  add_choice(list, *options);
  add_change(group, chosen,
             {"retry", "Offer messages again at the next fetch, also what was given up",
              "  restante queue retry 17 18\n"
              "  restante queue retry --target gmail && restante fetch"},
             "are offered again by the next fetch", fetch::offer_again);
  add_change(group, chosen,
             {"drop", "Do not hand these on; they stay in the archive", "  restante queue drop 17"},
             "dropped", fetch::drop_row);
  const auto move = std::make_shared<QueueOptions>();
  CLI::App& moved = add_command(group, chosen,
                                {"move", "Hand messages on to another target of their account",
                                 "  restante queue move --target 'lmtp old:24 to bob' --to gmail"},
                                [move](Context& context) { return run_move(context, *move); });
  add_choice(moved, *move);
  moved.add_flag("--all", move->all, "Everything");
  moved.add_option("--to", move->to, "The target's name")->required()->type_name("NAME");
}

}  // namespace restante::cli
