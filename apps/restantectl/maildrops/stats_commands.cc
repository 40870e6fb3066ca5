#include <optional>

#include "restantectl/commands.h"
#include "restantectl/maildrops/check_selection.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using maildrop::CheckReport;

Result<CheckReport> count(Office& office, const SelectedMaildrop& selected) {
  RESTANTE_TRY(auto* const store, office.store());
  auto report = store->check_stored(selected.stored, maildrop::CheckDepth::kHeaders, {});
  if (!report && report.error().code == Errc::kNotFound) report = CheckReport();  // Never had mail.
  if (report && report->account.empty()) report->account = selected.name;
  return report;
}

json::object stats_of(const CheckReport& report) {
  return {{"name", report.account},
          {"messages", report.live.count},
          {"octets", report.live_octets},
          {"deleted", report.deleted.count},
          {"log_bytes", report.bytes},
          {"dead_bytes", report.dead_bytes()},
          {"last_delivery", ctl::to_json(report.last_arrived)}};
}

void add_row(const CheckReport& report, console::TableRows& rows) {
  rows.add({report.account, std::to_string(report.live.count), std::to_string(report.live_octets),
            std::to_string(report.deleted.count), std::to_string(report.bytes),
            std::to_string(report.dead_bytes()),
            report.last_arrived ? to_rfc3339(*report.last_arrived) : "-"});
}

Exit maildrop_stats(Office& office, const Selection& selection) {
  if (selection.names.empty() != selection.all)
    return fail(Exit::kUsage, "name maildrops, or say --all");
  const auto selected = select_maildrops(office, selection);
  if (!selected) return fail(selected.error());
  Exit verdict = Exit::kOk;
  std::optional<console::JsonRows> list;
  if (office.out().json()) list.emplace(office.out(), json::object{}, "maildrops");
  console::TableRows rows(office.out());
  rows.header({"NAME", "MESSAGES", "OCTETS", "DELETED", "BYTES", "DEAD", "LAST DELIVERY"});
  for (const SelectedMaildrop& maildrop : *selected) {
    const auto report = count(office, maildrop);
    if (!report)
      verdict = fail(report.error());
    else if (list)
      list->add(stats_of(*report));
    else
      add_row(*report, rows);
  }
  return verdict;
}

}  // namespace

void add_stats_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto selection = std::make_shared<Selection>();
  add_selection(
      add_command(maildrop, chosen,
                  {"stats", "Messages, octets and space", "  restantectl maildrop stats --all"},
                  [selection](Office& office) { return maildrop_stats(office, *selection); }),
      *selection);
}

}  // namespace restante::ctl
