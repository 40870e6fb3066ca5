#include "restante/fetching/status_command.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "archive/database/absence.h"
#include "archive/database/catalog.h"
#include "archive/database/database.h"
#include "base/numbers.h"
#include "config/duration.h"
#include "console/harmless.h"
#include "fetch/state/standing.h"
#include "restante/frame/archive_claim.h"
#include "restante/frame/local_time.h"

namespace restante::cli {
namespace {

namespace json = boost::json;
using fetch::Health;
using fetch::Seconds;
using fetch::Standing;
using profile::Account;

struct StatusOptions {
  std::vector<std::string> accounts;
  bool check = false;
  std::string within;
};

/// How bad it is, as monitoring programs count.
enum class Severity : std::uint8_t { kOk, kWarning, kCritical };

/// One account with its targets.
struct Row {
  const Account* account;
  std::vector<Standing> standings;  // The server's first.
  std::chrono::seconds interval;    // Of `fetch`; three of them are its time.
  std::uint64_t gone = 0;           // Messages whose files are gone from the disk.
};

std::string_view to_text(Health health) {
  switch (health) {
    case Health::kWell: return "well";
    case Health::kNever: return "never collected";
    case Health::kLate: return "late";
    case Health::kFailing: return "failing";
  }
  return "";
}

Seconds time_now() { return std::chrono::floor<std::chrono::seconds>(system_clock().now()); }

/// A paused account is as its owner wants it.
Health health_of(const Row& row, const Standing& standing, Seconds now) {
  if (!row.account->enabled) return Health::kWell;
  return fetch::health_of(standing, row.interval, now);
}

Severity severity_of(const Row& row, const Standing& standing, Seconds now) {
  const Health health = health_of(row, standing, now);
  if (health == Health::kWell) return Severity::kOk;
  if (health == Health::kNever) return Severity::kCritical;
  const auto since = standing.failing_since ? standing.failing_since : standing.succeeded;
  const bool is_long = since && now - *since >= row.account->tell_after;
  return is_long ? Severity::kCritical : Severity::kWarning;
}

std::string date_of(std::optional<Seconds> time, const char* otherwise) {
  return time ? short_date(time->time_since_epoch().count()) : std::string(otherwise);
}

json::value time_of(std::optional<Seconds> time) {
  if (!time) return nullptr;
  return to_json(std::optional<WallTime>(*time));
}

json::object to_json(const Row& row, const Standing& standing, Seconds now) {
  const Health health = health_of(row, standing, now);
  return json::object{{"state", to_text(health)},
                      {"well", health == Health::kWell},
                      {"last_attempt", time_of(standing.attempted)},
                      {"last_success", time_of(standing.succeeded)},
                      {"last_failure", time_of(standing.failed)},
                      {"failing_since", time_of(standing.failing_since)},
                      {"reason", standing.reason},
                      {"waiting", standing.waiting},
                      {"next_look", time_of(standing.next_look)}};
}

json::object to_json(const Row& row, Seconds now) {
  json::object object{{"account", row.account->name}, {"enabled", row.account->enabled}};
  for (auto& [key, value] : to_json(row, row.standings.front(), now)) object[key] = value;
  json::array targets;
  for (std::size_t i = 1; i < row.standings.size(); ++i) {
    json::object target = to_json(row, row.standings[i], now);
    target["target"] = row.standings[i].target;
    target["given_up"] = row.standings[i].given_up;
    targets.push_back(std::move(target));
  }
  object["targets"] = std::move(targets);
  object["interval_seconds"] = row.interval.count();
  object["gone"] = row.gone;
  return object;
}

/// "work" or "work to lmtp 127.0.0.1:24".
std::string name_of(const Row& row, const Standing& standing) {
  return standing.target.empty() ? row.account->name : row.account->name + " to " + standing.target;
}

std::string words_for(const Row& row, const Standing& standing, Seconds now) {
  const Health health = health_of(row, standing, now);
  std::string text = fmt::format("{}: {}", name_of(row, standing), to_text(health));
  if (standing.failing_since)
    text += fmt::format(" since {}: {}", date_of(standing.failing_since, "?"), standing.reason);
  if (standing.given_up > 0)
    text += fmt::format("{} {} given up, see \"restante queue list\"",
                        standing.failing_since ? "," : ":", standing.given_up);
  if (health == Health::kLate)
    text += fmt::format(", last success {}", date_of(standing.succeeded, "never"));
  return text;
}

std::string gone_words(const Row& row) {
  return fmt::format("{}: {} gone from the disk: see restante verify", row.account->name,
                     counted(row.gone, "message is", "messages are"));
}

void print_table(const Output& out, const std::vector<Row>& rows, Seconds now) {
  Output::Table table{
      {"ACCOUNT", "STATE", "LAST SUCCESS", "LAST FAILURE", "WAITING", "NEXT LOOK"}, {}, {}};
  for (const Row& row : rows)
    for (const Standing& standing : row.standings) {
      const bool paused = !row.account->enabled;
      const std::string state =
          paused ? "paused" : std::string(to_text(health_of(row, standing, now)));
      const std::string name = standing.target.empty()
                                   ? row.account->name
                                   : "  to " + console::harmless_line(standing.target);
      table.rows.push_back({name, state, date_of(standing.succeeded, "never"),
                            date_of(standing.failed, "-"), std::to_string(standing.waiting),
                            date_of(standing.next_look, "-")});
      table.row_dimmed.push_back(paused);
    }
  out.print(table);
  for (const Row& row : rows)
    for (const Standing& standing : row.standings)
      if (health_of(row, standing, now) == Health::kFailing)
        out.line(console::harmless_line(words_for(row, standing, now)));
  for (const Row& row : rows)
    if (row.gone > 0) out.line(console::harmless_line(gone_words(row)));
}

/// One line, as Nagios reads it.
void print_check(const Output& out, const std::vector<Row>& rows, Severity worst, Seconds now) {
  if (worst == Severity::kOk) {
    if (!out.quiet()) out.line(fmt::format("OK: {}", counted(rows.size(), "account")));
    return;
  }
  std::string line = worst == Severity::kCritical ? "CRITICAL" : "WARNING";
  char before = ':';
  for (const Row& row : rows) {
    for (const Standing& standing : row.standings) {
      if (health_of(row, standing, now) == Health::kWell) continue;
      line += fmt::format("{} {}", before, words_for(row, standing, now));
      before = ';';
    }
    if (row.gone == 0) continue;
    line += fmt::format("{} {}", before, gone_words(row));
    before = ';';
  }
  out.line(console::harmless_line(line));
}

void print_json(const Output& out, const std::vector<Row>& rows, Severity worst, Seconds now) {
  if (out.format() == Format::kJsonl) {
    for (const Row& row : rows) out.print(to_json(row, now));
    return;
  }
  json::array list;
  for (const Row& row : rows) list.push_back(to_json(row, now));
  out.print(json::object{{"well", worst == Severity::kOk}, {"accounts", std::move(list)}});
}

/// All accounts when none is named, those that are paused, too.
Result<std::vector<const Account*>> accounts_of(const Context& context,
                                                const std::vector<std::string>& names) {
  if (!names.empty()) return context.accounts(names);
  std::vector<const Account*> all;
  for (const Account& account : context.profile().accounts) all.push_back(&account);
  return all;
}

Result<std::vector<Row>> rows_of(const Context& context, const StatusOptions& options) {
  RESTANTE_TRY(const auto accounts, accounts_of(context, options.accounts));
  std::optional<std::chrono::seconds> within;
  if (!options.within.empty()) {
    RESTANTE_TRY(const auto parsed, config::parse_duration(options.within));
    within = std::chrono::ceil<std::chrono::seconds>(parsed);
  }
  const std::filesystem::path& archive = context.profile().archive;
  RESTANTE_CHECKED(check_archive(context));
  auto database = archive::Database::open(archive, archive::Access::kWrite);
  // On a disk that is read-only it is opened for reading.
  if (!database && database.error().code != Errc::kNotFound)
    database = archive::Database::open(archive, archive::Access::kRead);
  if (!database && database.error().code != Errc::kNotFound) return database.error();
  // Missing files are seen at once; a folder that cannot be looked at counts as it was.
  if (database) static_cast<void>(archive::synchronize_all(*database, archive));
  std::vector<Row> rows;
  for (const Account* const account : accounts) {
    Row row{account, {Standing()}, within.value_or(account->interval), 0};
    if (database) {
      RESTANTE_TRY(auto standings, fetch::standings_of(*database, *account));
      row.standings = std::move(standings);
      RESTANTE_TRY(const std::uint64_t gone, archive::count_gone(*database, account->name));
      row.gone = gone;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Exit run(const Context& context, const StatusOptions& options) {
  const auto rows = rows_of(context, options);
  if (!rows && rows.error().code == Errc::kSyntax)
    return fail(Exit::kUsage, "--within: " + rows.error().detail);
  if (!rows) return fail(rows.error());
  const Seconds now = time_now();
  Severity worst = Severity::kOk;
  for (const Row& row : *rows) {
    if (row.gone > 0) worst = std::max(worst, Severity::kWarning);
    for (const Standing& standing : row.standings)
      worst = std::max(worst, severity_of(row, standing, now));
  }
  const Output& out = context.out();
  if (!out.text())
    print_json(out, *rows, worst, now);
  else if (options.check)
    print_check(out, *rows, worst, now);
  else
    print_table(out, *rows, now);
  if (worst == Severity::kOk) return Exit::kOk;
  return options.check && worst == Severity::kCritical ? Exit::kCritical : Exit::kPartial;
}

}  // namespace

void add_status_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<StatusOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"status", "How the accounts stand: last success, last failure, what waits",
       "  restante status\n"
       "  restante status --check          # one line; 0 well, 1 warning, 2 critical\n"
       "  restante --quiet status --check  # for cron: a word only when something is wrong"},
      [options](Context& context) { return run(context, *options); });
  made.add_option("ACCOUNT", options->accounts, "Only these; default: all")->type_name("");
  made.add_flag("--check", options->check, "One line and an exit code, for Nagios and cron");
  made.add_option("--within", options->within,
                  "How long between two fetches; default: each account's interval")
      ->type_name("TIME");
}

}  // namespace restante::cli
