#include "restante/fetching/fetch_report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/numbers.h"
#include "console/meter.h"
#include "restante/fetching/new_mail.h"

namespace restante::cli {
namespace {

namespace json = boost::json;

std::string bytes(std::uint64_t octets) {
  return console::human_bytes(static_cast<double>(octets));
}

std::string why(fetch::Why reason) {
  switch (reason) {
    case fetch::Why::kNew: return "new";
    case fetch::Why::kAgain: return "failed before";
    case fetch::Why::kChanged: return "has another size now";
    case fetch::Why::kBack: return "is back";
    case fetch::Why::kLost: return "is no longer here";
    case fetch::Why::kUnidentified: return "has no unique id";
  }
  return "";
}

void add(std::string& line, std::uint64_t count, std::string_view what) {
  if (count > 0) line += fmt::format(", {} {}", count, what);
}

json::array failures_of(const fetch::Report& report) {
  json::array list;
  for (const fetch::Failure& failure : report.failures)
    list.push_back(json::object{{"number", failure.number},
                                {"uid", failure.uid},
                                {"reason", failure.reason},
                                {"again", failure.again}});
  return list;
}

void add_dry_run(const fetch::Report& report, json::object& object) {
  json::array fetches;
  for (const fetch::Fetch& each : report.would_fetch) {
    json::object one{{"number", each.number}, {"uid", each.uid}, {"reason", why(each.why)}};
    one["octets"] = each.octets ? json::value(*each.octets) : json::value(nullptr);
    fetches.push_back(std::move(one));
  }
  json::array deletions;
  for (const fetch::Deletion& each : report.would_delete)
    deletions.push_back(json::object{{"number", each.number},
                                     {"uid", each.uid},
                                     {"octets", each.octets},
                                     {"reason", each.reason}});
  object["would_fetch"] = std::move(fetches);
  object["would_delete"] = std::move(deletions);
}

json::array targets_of(const fetch::Report& report) {
  json::array list;
  for (const fetch::TargetReport& each : report.targets)
    list.push_back(json::object{{"name", each.name},
                                {"handed_on", each.handed_on},
                                {"waiting", each.waiting},
                                {"given_up", each.given_up},
                                {"reason", each.reason}});
  return list;
}

}  // namespace

std::string summary(const fetch::Report& report, bool dry_run) {
  std::string line = report.account + ": ";
  if (dry_run) {
    return line + fmt::format("{} would be fetched, {} deleted on the server",
                              report.would_fetch.size(), report.would_delete.size());
  }
  line += report.fetched > 0 ? fmt::format("{} new ({})", report.fetched, bytes(report.octets))
                             : (report.error ? "not collected" : "no new mail");
  add(line, report.known, "were here already");
  add(line, report.skipped, "left out");
  add(line, report.quarantined, "in quarantine");
  add(line, report.unscanned, "not scanned yet");
  add(line, report.handed_on, "handed on");
  add(line, report.to_hand_on, "still to be handed on");
  add(line, report.given_up, "given up");
  add(line, report.deleted, "deleted on the server");
  add(line, report.unconfirmed, "not known to be deleted");
  add(line, report.failures.size(), "failed");
  add(line, report.waiting, "waiting to be tried again");
  return line;
}

std::vector<std::string> remarks(const fetch::Report& report) {
  std::vector<std::string> lines;
  for (const std::string& note : report.notes) lines.push_back(report.account + ": " + note);
  for (const fetch::Failure& failure : report.failures)
    lines.push_back(fmt::format("{}: message {}{}: {}{}", report.account, failure.number,
                                failure.uid.empty() ? "" : " (" + failure.uid + ")", failure.reason,
                                failure.again ? "; tried again later" : ""));
  if (report.unconfirmed > 0)
    lines.push_back(
        fmt::format("{}: {} not known to be deleted on the server; the "
                    "next run sees to it",
                    report.account, counted(report.unconfirmed, "message is", "messages are")));
  if (report.error)
    lines.push_back(report.account + ": " +
                    (report.error->detail.empty() ? std::string(to_string(report.error->code))
                                                  : report.error->detail));
  // Any other failure has no words of its own.
  if (lines.empty() && !report.complete()) lines.push_back(summary(report, false));
  return lines;
}

std::vector<std::string> intentions(const fetch::Report& report) {
  std::vector<std::string> lines;
  for (const fetch::Fetch& each : report.would_fetch)
    lines.push_back(fmt::format("{}: fetch {:>6}  {:>9}  {}  {}", report.account, each.number,
                                each.octets ? bytes(*each.octets) : "?", each.uid, why(each.why)));
  for (const fetch::Deletion& each : report.would_delete)
    lines.push_back(fmt::format("{}: delete {:>5}  {:>9}  {}  {}", report.account, each.number,
                                bytes(each.octets), each.uid, each.reason));
  return lines;
}

json::object to_json(const fetch::Report& report) {
  json::object object{{"account", report.account},
                      {"complete", report.complete()},
                      {"login_method", report.login_method},
                      {"listed", report.listed},
                      {"fetched", report.fetched},
                      {"octets", report.octets},
                      {"known", report.known},
                      {"skipped", report.skipped},
                      {"waiting", report.waiting},
                      {"elsewhere", report.elsewhere},
                      {"deleted", report.deleted},
                      {"unconfirmed", report.unconfirmed},
                      {"quarantined", report.quarantined},
                      {"unscanned", report.unscanned},
                      {"handed_on", report.handed_on},
                      {"to_hand_on", report.to_hand_on},
                      {"given_up", report.given_up}};
  object["targets"] = targets_of(report);
  object["failures"] = failures_of(report);
  object["notes"] = json::array(report.notes.begin(), report.notes.end());
  add_dry_run(report, object);
  object["error"] = nullptr;
  if (report.error)
    object["error"] =
        json::object{{"code", to_string(report.error->code)}, {"message", report.error->detail}};
  return object;
}

void print_lines(const Context& context, const fetch::Report& report) {
  const Output& out = context.out();
  const auto events = new_mail(context.profile().archive, report);
  if (events)
    for (const json::object& event : *events) out.print(event);
  else
    static_cast<void>(fail(events.error()));
  json::object line = to_json(report);
  line["type"] = "account";
  out.print(line);
}

Exit to_exit(const fetch::Report& report) {
  if (report.error)
    return report.is_local ? to_exit(report.error->code) : to_server_exit(*report.error);
  return report.complete() ? Exit::kOk : Exit::kPartial;
}

}  // namespace restante::cli
