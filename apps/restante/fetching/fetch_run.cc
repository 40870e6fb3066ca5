#include "restante/fetching/fetch_run.h"

#include <fmt/format.h>

#include <thread>
#include <utility>

#include <unistd.h>

#include "archive/database/message_numbers.h"
#include "archive/index/indexer.h"
#include "base/numbers.h"
#include "base/thread.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "console/password_input.h"
#include "fetch/secrets/secret_source.h"
#include "profile/load.h"
#include "restante/fetching/run_record.h"
#include "restante/frame/archive_claim.h"

namespace restante::cli {
namespace {

constexpr std::chrono::seconds kIndexTime{30};
constexpr std::chrono::seconds kStep{1};  // Until a waiting thread looks for a stop.

/// A long run must not begin anew, in the archive, an account that was removed or renamed
/// meanwhile: all mail would come again. A file that is no more there, or has mistakes, or is a
/// pipe, says nothing. Errors: kNotFound.
Status check_account(const profile::Profile& profile, const std::string& name) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(profile.file, ignored)) return ok();
  const auto now = profile::load_file(profile.file);
  if (!now.profile || find_account(*now.profile, name) != nullptr) return ok();
  return Error(Errc::kNotFound, "the account is no longer in the configuration");
}

}  // namespace

std::vector<fetch::Report> FetchRun::collect(const std::vector<const profile::Account*>& accounts) {
  std::vector<fetch::Report> reports(accounts.size());
  std::vector<std::thread> threads;
  threads.reserve(accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    fetch::Observer& row = board_.add(accounts[i]->name);
    const auto work = [this, &row, account = accounts[i], report = &reports[i]] {
      *report = collect_with(*account, &row, stop_);
      if (!options_.dry_run) note(*account, *report);
      board_.finish(row);
    };
    auto thread = start_thread(work);
    if (thread)
      threads.push_back(std::move(*thread));
    else
      work();  // One after the other, then.
  }
  for (std::thread& thread : threads) thread.join();
  board_.take_away();
  return reports;
}

fetch::Report FetchRun::collect_with(const profile::Account& account, fetch::Observer* row,
                                     const net::StopSignal& stop) {
  Status may = claim_archive(context_);
  // Nor anew in one whose database is lost: only its owner decides what then counts as fetched.
  if (may) may = archive::check_database(context_.profile().archive);
  if (may) may = check_account(context_.profile(), account.name);
  if (!may) {
    fetch::Report report;
    report.account = account.name;
    report.error = std::move(may).error();
    report.is_local = true;
    return report;
  }
  bool nobody_answered = false;
  fetch::CollectOptions options(account, context_.profile().archive, stop);
  options.observer = row;
  options.list_messages = context_.out().format() == Format::kJsonl;
  options.clamd = context_.profile().clamd;
  options.dry_run = options_.dry_run;
  options.may_delete = !options_.keep;
  options.retry_now = options_.retry;
  options.credential = [this, &stop](const profile::Account& asked) {
    return credential(asked, stop);
  };
  if (options_.confirm)
    options.confirm = [&](std::span<const fetch::Deletion> deletions,
                          const fetch::KeepAlive& tick) -> Result<bool> {
      RESTANTE_TRY(const Questions::Answer answer, confirm(account, deletions, stop, tick));
      nobody_answered = nobody_answered || answer == Questions::Answer::kNobody;
      return answer == Questions::Answer::kYes;
    };
  fetch::Report report = fetch::collect(options);
  if (nobody_answered)
    report.notes.emplace_back("no answer came: nothing was deleted on the server");
  if (report.error && report.error->code == Errc::kAuth) questions_.forget();
  return report;
}

bool FetchRun::may_record(const fetch::Report& report) const {
  return !report.is_local && check_archive(context_);
}

void FetchRun::note(const profile::Account& account, fetch::Report& report) {
  if (!may_record(report)) return;
  const bool seen = ::isatty(STDERR_FILENO) == 1;
  const std::string failed =
      keep_record({context_.profile(), account, report, stop_, std::nullopt, seen});
  if (!failed.empty()) report.notes.push_back("not written down: " + failed);
}

std::vector<std::string> FetchRun::index(const net::StopSignal& stop) {
  if (options_.no_index || !check_archive(context_)) return {};
  std::unique_lock lock(indexing_, std::defer_lock);
  while (!lock.try_lock_for(kStep))
    if (stop.raised()) return {};
  const archive::Path& archive = context_.profile().archive;
  auto database = archive::Database::open(archive, archive::Access::kWrite);
  if (!database) return {"not indexed yet: " + database.error().detail};
  if (const Status kept = archive::keep_numbers(*database, archive); !kept)
    return {kept.error().detail};
  const auto deadline = std::chrono::steady_clock::now() + kIndexTime;
  const auto go_on = [&](std::uint64_t, std::uint64_t) {
    return !stop.raised() && std::chrono::steady_clock::now() < deadline;
  };
  const auto indexed = archive::index_pending(*database, archive, go_on, archive::WhenBusy::kLeave);
  // A process that is at it already does it for us, or leaves it to the next one.
  if (indexed) return indexed->named;
  if (indexed.error().code == Errc::kBusy) return {};
  // It will be so for long, and a run may look every minute.
  if (indexed.error().code == Errc::kClosed && std::exchange(told_no_reader_, true)) return {};
  return {"not indexed yet: " + indexed.error().detail};
}

Result<fetch::Credential> FetchRun::credential(const profile::Account& account,
                                               const net::StopSignal& stop) {
  fetch::SecretContext secrets{context_.profile(), stop, {}};
  if (console::can_ask())
    secrets.ask = [this, &stop](const std::string& prompt) {
      return questions_.password(prompt, stop);
    };
  return fetch::credential_of(account, secrets);
}

Result<Questions::Answer> FetchRun::confirm(const profile::Account& account,
                                            std::span<const fetch::Deletion> deletions,
                                            const net::StopSignal& stop,
                                            const fetch::KeepAlive& tick) {
  std::string text;
  for (const fetch::Deletion& each : deletions)
    text += fmt::format("{}: delete {:>5}  {:>9}  {}  {}\n", account.name, each.number,
                        console::human_bytes(static_cast<double>(each.octets)),
                        console::harmless_line(each.uid), each.reason);
  return questions_.agrees(text,
                           fmt::format("Delete {} of {} on the server?",
                                       counted(deletions.size(), "message"), account.name),
                           stop, tick);
}

}  // namespace restante::cli
