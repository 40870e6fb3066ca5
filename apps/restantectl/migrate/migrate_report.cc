#include "restantectl/migrate/migrate_report.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "console/meter.h"
#include "migrate/formats/folder_rule.h"
#include "migrate/formats/uid_rule.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

// A mailbox with thousands of damaged files prints the first of them; JSON has all.
constexpr std::size_t kNamedMax = 20;

/// Faults of the old server, not of the accounts here.
Exit exit_of(Errc code) {
  if (code == Errc::kAuth) return Exit::kPermission;
  return code == Errc::kLimit ? Exit::kUnavailable : to_exit(code);
}

json::array to_json(const std::vector<migrate::Skipped>& list) {
  json::array out;
  for (const migrate::Skipped& one : list)
    out.push_back(json::object{{"message", one.place}, {"why", one.why}});
  return out;
}

json::object to_json(const MigrateOutcome& outcome) {
  json::object out{{"account", outcome.account}, {"source", outcome.source}};
  std::optional<Error> failure = outcome.failure;
  if (outcome.absent) out["absent"] = true;
  if (outcome.moved) {
    const migrate::Moved& moved = *outcome.moved;
    out["ids"] = moved.ids;
    out["listed"] = moved.listed;
    out["to_move"] = moved.planned;
    out["moved"] = moved.moved;
    out["moved_octets"] = moved.moved_octets;
    out["present"] = moved.present;
    out["deleted_here"] = moved.deleted;
    out["unnumbered"] = moved.unnumbered;
    out["mapped_ids"] = moved.mapped;
    out["skipped"] = to_json(moved.skipped);
    json::array folders;
    for (const migrate::OtherFolder& folder : moved.folders) {
      json::object row{{"name", folder.name}, {"messages", folder.messages}};
      if (!folder.account.empty()) row["account"] = folder.account;
      folders.push_back(std::move(row));
    }
    out["other_folders"] = std::move(folders);
    if (moved.failure) failure = moved.failure;
  }
  if (outcome.compared) {
    out["same"] = outcome.compared->same;
    out["differences"] = to_json(outcome.compared->differences);
    if (outcome.compared->failure) failure = outcome.compared->failure;
  }
  if (failure) out["failure"] = failure->detail.empty() ? failure->message() : failure->detail;
  return out;
}

std::string in_words(const migrate::Moved& moved, bool only_look) {
  std::string text = fmt::format("{} there", moved.listed);
  if (only_look) {
    text += fmt::format(", {} to move ({})", moved.planned,
                        console::human_bytes(static_cast<double>(moved.planned_octets)));
  } else {
    text += fmt::format(", {} moved", moved.moved);
  }
  if (moved.present > 0) text += fmt::format(", {} here before", moved.present);
  if (moved.deleted > 0) text += fmt::format(", {} deleted here", moved.deleted);
  if (moved.unnumbered > 0) text += fmt::format(", {} without an id yet", moved.unnumbered);
  if (!moved.skipped.empty()) text += fmt::format(", {} left out", moved.skipped.size());
  return text + " (" + moved.ids + ")";
}

bool has_news(const MigrateOutcome& outcome) {
  if (outcome.absent) return false;
  if (!outcome.moved || outcome.moved->failure) return true;
  const migrate::Moved& moved = *outcome.moved;
  const bool differs =
      outcome.compared && (outcome.compared->failure || !outcome.compared->differences.empty());
  return differs || moved.planned > 0 || !moved.skipped.empty();
}

void print_list(const console::Output& out, const std::vector<migrate::Skipped>& list) {
  for (std::size_t i = 0; i < list.size() && i < kNamedMax; ++i)
    out.line("  " + list[i].place + ": " + list[i].why);
  if (list.size() > kNamedMax)
    out.line(fmt::format("  and {} more; --format json names them", list.size() - kNamedMax));
}

}  // namespace

MigrateReport::MigrateReport(Office& office, const MigrateOptions& options, std::size_t accounts)
    : office_(office),
      options_(options),
      accounts_(accounts),
      shown_(options.verify ? "moving and comparing" : "moving", office.out()) {}

/// The size of the accounts that are not read yet is guessed from those that are.
void MigrateReport::plan(std::uint64_t octets) {
  const std::scoped_lock lock(mutex_);
  planned_octets_ += octets;
  ++planned_accounts_;
  shown_.set_total(planned_octets_ * accounts_ / std::min(planned_accounts_, accounts_));
}

void MigrateReport::progress(std::uint64_t octets) {
  const std::scoped_lock lock(mutex_);
  shown_.add(octets);
}

void MigrateReport::note(Exit code) {
  if (verdict_ == Exit::kOk) verdict_ = code;
}

void MigrateReport::add(const MigrateOutcome& outcome) {
  const std::scoped_lock lock(mutex_);
  ++done_;
  if (outcome.absent) ++absent_;
  std::optional<Error> failure = outcome.failure;
  if (outcome.moved) {
    const migrate::Moved& moved = *outcome.moved;
    moved_ += moved.moved;
    moved_octets_ += moved.moved_octets;
    to_move_ += moved.planned;
    mapped_ += moved.mapped;
    unnumbered_ += moved.unnumbered;
    left_out_ += moved.skipped.size();
    if (!moved.skipped.empty()) note(Exit::kData);
    if (moved.failure) failure = moved.failure;
  }
  if (outcome.compared) {
    differences_ += outcome.compared->differences.size();
    if (!outcome.compared->differences.empty()) note(Exit::kData);
    if (outcome.compared->failure) failure = outcome.compared->failure;
  }
  if (failure) {
    ++failed_;
    note(exit_of(failure->code));
  }
  rows_.push_back(to_json(outcome));
  if (office_.out().text()) print(outcome);
}

void MigrateReport::print(const MigrateOutcome& outcome) {
  const console::Output& out = office_.out();
  // A nightly run over many accounts prints only those with news.
  if (accounts_ > 1 && !has_news(outcome)) return;
  shown_.finish();
  if (outcome.absent) {
    out.line(outcome.account + ": nothing at " + outcome.source);
    return;
  }
  if (outcome.moved && !outcome.moved->ids.empty()) {
    const migrate::Moved& moved = *outcome.moved;
    out.line(outcome.account + ": " + in_words(moved, options_.dry_run));
    print_list(out, moved.skipped);
    for (const migrate::OtherFolder& folder : moved.folders)
      out.line(fmt::format("  folder {}: {}, which POP3 never showed: {}", folder.name,
                           counted(folder.messages, "message"),
                           folder.account.empty() ? "not moved" : "for " + folder.account));
  }
  if (outcome.compared) {
    const migrate::Compared& compared = *outcome.compared;
    out.line(fmt::format("{}: {} compared and the same, {} different", outcome.account,
                         compared.same, compared.differences.size()));
    print_list(out, compared.differences);
  }
  out.flush();
  for (const auto& failure :
       {outcome.failure, outcome.moved ? outcome.moved->failure : std::nullopt,
        outcome.compared ? outcome.compared->failure : std::nullopt})
    if (failure)
      static_cast<void>(fail(
          exit_of(failure->code),
          outcome.account + ": " +
              (failure->detail.empty() ? failure->message() : failure->detail) +
              (failure->code == Errc::kBusy ? "; its owner reads, try again" : "") +
              (failure->code == Errc::kLimit ? "; --ignore-limits moves it all the same" : "")));
}

void MigrateReport::tell_sum() {
  const console::Output& out = office_.out();
  const std::string amount =
      options_.dry_run ? counted(to_move_, "message") + " to move"
                       : fmt::format("{} ({}) moved", counted(moved_, "message"),
                                     console::human_bytes(static_cast<double>(moved_octets_)));
  out.note(fmt::format("restantectl: {}: {}, {} left out, {} failed", counted(done_, "account"),
                       amount, left_out_, counted(failed_, "account")));
  if (absent_ > 0)
    out.note(fmt::format("restantectl: {} no mailbox there", counted(absent_, "has", "have")));
  if (options_.verify)
    out.note(fmt::format("restantectl: {}", counted(differences_, "difference")));
  if (mapped_ > 0)
    out.note(fmt::format("restantectl: {} could not be kept: {}", counted(mapped_, "id"),
                         migrate::kUidRule));
  if (options_.folders) out.note(fmt::format("restantectl: {}", migrate::kFolderRule));
  if (unnumbered_ > 0)
    out.note(
        fmt::format("restantectl: {} no unique id there yet; "
                    "when it is stopped, run this again with --final",
                    counted(unnumbered_, "message was left at the old server: it has",
                            "messages were left at the old server: they have")));
}

Exit MigrateReport::finish(Exit verdict) {
  const std::scoped_lock lock(mutex_);
  shown_.finish();
  office_.details()["moved"] = moved_;
  office_.details()["accounts"] = done_;
  if (office_.out().json())
    office_.out().print(json::object{{"accounts", std::move(rows_)},
                                     {"moved", moved_},
                                     {"moved_octets", moved_octets_},
                                     {"to_move", to_move_},
                                     {"mapped_ids", mapped_},
                                     {"unnumbered", unnumbered_},
                                     {"skipped", left_out_},
                                     {"differences", differences_},
                                     {"failed_accounts", failed_}});
  tell_sum();
  if (absent_ > 0 && absent_ == done_)
    note(fail(Exit::kNoUser, "not one mailbox was found: is " + options_.source + " right?"));
  return verdict_ == Exit::kOk ? verdict : verdict_;
}

}  // namespace restante::ctl
