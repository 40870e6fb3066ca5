#include "restantectl/bulk/bulk_report.h"

#include <CLI/CLI.hpp>

#include "base/secret_string.h"
#include "console/progress.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using accounts::RowVerdict;

std::string_view word_of(RowVerdict verdict) {
  switch (verdict) {
    case RowVerdict::kAdded: return "added";
    case RowVerdict::kChanged: return "changed";
    case RowVerdict::kSame: return "same";
    case RowVerdict::kRefused: break;
  }
  return "refused";
}

std::string joined(const accounts::IgnoredFields& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

void BulkReport::refuse(std::size_t line, const RowRefusal& refusal) {
  Row& row = rows_[line];
  row.why = refusal.what;
  row.is_skipped = refusal.is_unknown && options_.skip_unknown;
}

void BulkReport::take(const std::vector<std::size_t>& lines, accounts::BulkOutcome outcome) {
  done_ = outcome.done;
  for (std::size_t i = 0; i < outcome.rows.size(); ++i) {
    accounts::BulkRow& from = outcome.rows[i];
    Row& row = rows_[lines[i]];
    row.name = std::move(from.name);
    row.verdict = from.verdict;
    row.code = from.code;
    row.why = std::move(from.why);
    row.devices = std::move(from.devices);
  }
}

std::size_t BulkReport::count(RowVerdict verdict) const {
  std::size_t found = 0;
  for (const auto& [line, row] : rows_)
    if (row.verdict == verdict) ++found;
  return found;
}

std::size_t BulkReport::skipped() const {
  std::size_t found = 0;
  for (const auto& [line, row] : rows_)
    if (row.is_skipped) ++found;
  return found;
}

bool BulkReport::is_stopped() const {
  return !options_.skip_refused && count(RowVerdict::kRefused) > skipped();
}

/// Of the worst refusal: a mistake counts before a missing name, and that before a taken one.
Exit BulkReport::exit_code() const {
  Exit code = Exit::kOk;
  for (const auto& [line, row] : rows_) {
    if (row.verdict != RowVerdict::kRefused || row.is_skipped) continue;
    if (row.code != Errc::kExists && row.code != Errc::kNotFound) return Exit::kData;
    if (code != Exit::kNoUser) code = row.code == Errc::kNotFound ? Exit::kNoUser : Exit::kExists;
  }
  return code;
}

std::string BulkReport::refusals() const {
  const std::string file = options_.file == "-" ? "stdin" : options_.file;
  std::string out;
  for (const auto& [line, row] : rows_) {
    if (row.verdict != RowVerdict::kRefused) continue;
    out += (out.empty() ? "" : "\n") + file + ":" + std::to_string(line) + ": " +
           (row.is_skipped ? "passed over: " : "") + row.why;
  }
  return out;
}

void BulkReport::print_json(const Office& office) const {
  const std::size_t same = count(RowVerdict::kSame);
  const std::size_t changed = count(RowVerdict::kChanged);
  json::object head;
  if (subject_.is_import) head["imported"] = done_ ? count(RowVerdict::kAdded) : 0;
  if (subject_.is_import && options_.update) head["updated"] = done_ ? changed + same : 0;
  head["done"] = done_;
  head["dry_run"] = options_.dry_run;
  head["added"] = count(RowVerdict::kAdded);
  head["changed"] = changed;
  head["same"] = same;
  head["refused"] = count(RowVerdict::kRefused) - skipped();
  head["skipped"] = skipped();
  console::JsonRows rows(office.out(), head, subject_.key);
  for (const auto& [line, row] : rows_) {
    json::object object{{"line", line},
                        {"name", row.name.empty() ? json::value(nullptr) : json::value(row.name)},
                        {"result", row.is_skipped ? "skipped" : word_of(row.verdict)}};
    if (row.verdict == RowVerdict::kRefused) object["reason"] = row.why;
    if (!row.devices.empty()) {
      json::array devices;
      for (const accounts::MadePassword& made : row.devices)
        devices.push_back(json::object{{"label", made.label}, {"password", made.password}});
      object["devices"] = std::move(devices);
    }
    rows.add(object);
  }
}

void BulkReport::print_text(const Office& office) const {
  if (!done_ && !options_.dry_run) return;
  for (const auto& [line, row] : rows_) {
    if (row.verdict == RowVerdict::kRefused) continue;
    office.out().line(std::string(word_of(row.verdict)) + " " + row.name);
    if (!done_) continue;
    for (const accounts::MadePassword& made : row.devices)
      office.out().line("password " + made.password + " " + row.name + " " + made.label);
  }
}

void BulkReport::print_summary(const Office& office, const RowNotes& notes) const {
  if (!notes.ignored.empty())
    office.out().note("restantectl: not taken over, since it means nothing here: " +
                      joined(notes.ignored));
  if (!notes.unknown.empty() && options_.skip_unknown)
    office.out().note("restantectl: passed over, since nobody knows what it means: " +
                      joined(notes.unknown));
  std::string text = "restantectl: " + subject_.key + ": ";
  for (const RowVerdict verdict : {RowVerdict::kAdded, RowVerdict::kChanged, RowVerdict::kSame})
    text += std::to_string(count(verdict)) + " " + std::string(word_of(verdict)) + ", ";
  text += std::to_string(count(RowVerdict::kRefused) - skipped()) + " refused";
  if (skipped() > 0) text += ", " + std::to_string(skipped()) + " passed over";
  if (!done_)
    text += options_.dry_run ? "; a dry run: nothing was changed" : "; nothing was changed";
  office.out().note(text);
}

Exit BulkReport::make_changes(Office& office, const RowNotes& notes,
                              const std::vector<std::size_t>& lines, accounts::BulkRules rules,
                              const Make& make) {
  rules.skip_refused = options_.skip_refused;
  // The rows are looked at all the same, so that one run tells all mistakes.
  rules.only_look = options_.dry_run || is_stopped();
  console::Progress progress("changing " + subject_.key, office.out(), "restantectl");
  progress.set_total(lines.size(), console::Unit::kPieces);
  rules.progress = [&](std::size_t) { progress.add(1); };
  auto outcome = make(rules);
  progress.take_away();
  if (!outcome) return fail(outcome.error());
  take(lines, std::move(*outcome));
  return print(office, notes);
}

Exit BulkReport::print(Office& office, const RowNotes& notes) const {
  office.details()["done"] = done_;
  for (const RowVerdict verdict :
       {RowVerdict::kAdded, RowVerdict::kChanged, RowVerdict::kSame, RowVerdict::kRefused})
    office.details()[word_of(verdict)] = count(verdict);
  if (office.out().json())
    print_json(office);
  else
    print_text(office);
  const Exit code = exit_code();
  if (const std::string told = refusals(); !told.empty())
    static_cast<void>(fail_lines(Exit::kData, told));
  if (done_ || options_.dry_run) print_summary(office, notes);
  return code;
}

Exit refuse_unknown_fields(const RowNotes& notes) {
  return fail(Exit::kData, "nobody knows what these fields mean: " + joined(notes.unknown) +
                               "; --skip-unknown passes them over");
}

void add_bulk_options(CLI::App& command, const std::shared_ptr<BulkOptions>& options) {
  command
      .add_option("--as", options->as,
                  "The file's format: lines, csv or json; default: by its looks")
      ->check(CLI::IsMember({"lines", "csv", "json"}))
      ->type_name("FORMAT");
  command.add_flag("--dry-run", options->dry_run, "Say what would be done, and change nothing");
  command.add_flag("--skip-refused", options->skip_refused,
                   "Do the others when lines are refused; ends with 65, 67 or 73 all the same");
}

}  // namespace restante::ctl
