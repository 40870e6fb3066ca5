#include <optional>

#include "config/size.h"
#include "restantectl/commands.h"
#include "restantectl/maildrops/check_selection.h"
#include "restantectl/progress.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using maildrop::CheckReport;
using maildrop::Finding;
using maildrop::IndexState;

struct CheckOptions {
  Selection selection;
  std::string rate;  ///< "50MiB" a second; empty: as fast as it goes.
};

std::string to_text(IndexState state) {
  switch (state) {
    case IndexState::kAbsent: return "none";
    case IndexState::kUsable: return "usable";
    case IndexState::kUseless: return "useless";
  }
  return {};
}

json::object to_json(const Finding& finding) {
  json::object object{{"offset", finding.offset},  {"bytes", finding.bytes}, {"what", finding.what},
                      {"at_end", finding.in_tail}, {"sequence", nullptr},    {"uid", nullptr},
                      {"octets", nullptr},         {"arrived", nullptr}};
  if (finding.message) {
    object["sequence"] = to_number(finding.message->sequence);
    object["uid"] = finding.message->uid;
    object["octets"] = finding.message->octets;
    object["arrived"] = to_rfc3339(finding.message->arrived);
  }
  return object;
}

json::object to_json(const CheckReport& report) {
  json::array aside;
  for (const auto& entry : report.aside.entries)
    aside.push_back(json::object{{"offset", entry.offset},
                                 {"bytes", entry.bytes},
                                 {"kept", to_rfc3339(entry.kept)},
                                 {"intact", entry.intact}});
  json::array damage;
  for (const Finding& finding : report.findings) damage.push_back(to_json(finding));
  return {{"name", report.account},
          {"log_bytes", report.bytes},
          {"messages", report.messages.count},
          {"waiting", report.live.count},
          {"deleted", report.deleted.count},
          {"other_records", report.others.count},
          {"live_bytes", report.live.bytes},
          {"dead_bytes", report.dead_bytes()},
          {"index",
           json::object{{"state", to_text(report.index.state)}, {"covered", report.index.covered}}},
          {"aside", std::move(aside)},
          {"damage", std::move(damage)}};
}

std::string to_text(const std::string& name, const Finding& finding) {
  std::string line = name + ": offset " + std::to_string(finding.offset) + ", " +
                     std::to_string(finding.bytes) + " bytes: " + finding.what;
  if (const auto& message = finding.message)
    line += ": sequence " + std::to_string(to_number(message->sequence)) + ", uid " + message->uid +
            ", " + std::to_string(message->octets) + " octets, arrived " +
            to_rfc3339(message->arrived);
  if (finding.in_tail) line += " (at the end: the next opening sets it aside)";
  return line;
}

/// Prints reports as they come, and the damage after each.
class Findings {
 public:
  explicit Findings(const Output& out) : out_(out) {
    if (out.json()) list_.emplace(out, json::object{}, "maildrops");
    rows_.emplace(out);
    rows_->header({"NAME", "MESSAGES", "WAITING", "BYTES", "DEAD", "INDEX", "ASIDE", "STATE"});
  }
  ~Findings() {
    rows_.reset();
    for (const std::string& line : damaged_) out_.line(line);
  }
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  void add(const CheckReport& report) {
    if (list_) return list_->add(to_json(report));
    rows_->add({report.account, std::to_string(report.messages.count),
                std::to_string(report.live.count), std::to_string(report.bytes),
                std::to_string(report.dead_bytes()), to_text(report.index.state),
                std::to_string(report.aside.entries.size()),
                report.findings.empty() ? "ok" : "damaged"});
    for (const Finding& finding : report.findings)
      damaged_.push_back(to_text(report.account, finding));
  }

 private:
  const Output& out_;
  std::optional<console::JsonRows> list_;
  std::optional<console::TableRows> rows_;
  std::vector<std::string> damaged_;
};

Result<CheckReport> check_one(Office& office, const SelectedMaildrop& selected,
                              const maildrop::Pace& pace) {
  RESTANTE_TRY(auto* const store, office.store());
  auto report = store->check_stored(selected.stored, maildrop::CheckDepth::kAll, pace);
  if (!report && report.error().code == Errc::kNotFound) return CheckReport();  // Never had mail.
  return report;
}

/// kData when there is damage. A maildrop that cannot be read does not keep the command from the
/// others.
Exit maildrop_check(Office& office, const CheckOptions& options) {
  const auto rate = config::parse_size(options.rate.empty() ? "0" : options.rate);
  if (!rate) return fail(Exit::kUsage, "--rate: " + rate.error().detail);
  if (options.selection.names.empty() != options.selection.all)
    return fail(Exit::kUsage, "name maildrops, or say --all");
  const auto selected = select_maildrops(office, options.selection);
  if (!selected) return fail(selected.error());

  Progress progress("checking", office.out(), *rate);
  std::uint64_t total = 0;
  for (const SelectedMaildrop& maildrop : *selected) total += maildrop.stored.bytes;
  progress.set_total(total);
  Exit verdict = Exit::kOk;
  Findings findings(office.out());
  for (const SelectedMaildrop& maildrop : *selected) {
    auto report = check_one(office, maildrop, progress.pace());
    if (!report) {
      progress.finish();
      verdict = fail(report.error());
      continue;
    }
    if (report->account.empty()) report->account = maildrop.name;
    if (!report->findings.empty() && verdict == Exit::kOk) verdict = Exit::kData;
    findings.add(*report);
  }
  progress.finish();
  return verdict;
}

}  // namespace

void add_check_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App& made =
      add_command(maildrop, chosen,
                  {"check", "Verify every checksum; nothing is changed",
                   "  restantectl maildrop check alice@example.com\n"
                   "  restantectl maildrop check --all --rate 50MiB"},
                  [options](Office& office) { return maildrop_check(office, *options); });
  add_selection(made, options->selection);
  made.add_option("--rate", options->rate, "Read at most so much a second, such as 50MiB")
      ->type_name("SIZE");
}

}  // namespace restante::ctl
