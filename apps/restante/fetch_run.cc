#include "restante/fetch_run.h"

#include <fmt/format.h>

#include <iostream>
#include <thread>

#include "archive/indexer.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "console/password_input.h"
#include "fetch/secret_source.h"
#include "restante/archive_claim.h"

namespace restante::cli {
namespace {

constexpr std::chrono::seconds kIndexTime{30};
constexpr std::chrono::seconds kStep{1};  // How soon who waits for another notices a stop.

}  // namespace

std::vector<fetch::Report> FetchRun::collect(const std::vector<const profile::Account*>& accounts) {
  std::vector<fetch::Report> reports(accounts.size());
  std::vector<std::thread> threads;
  threads.reserve(accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    fetch::Observer& row = board_.add(accounts[i]->name);
    threads.emplace_back([this, &row, account = accounts[i], report = &reports[i]] {
      *report = collect_with(*account, &row, stop_);
      board_.finish(row);
    });
  }
  for (std::thread& thread : threads) thread.join();
  board_.take_away();
  return reports;
}

fetch::Report FetchRun::collect_with(const profile::Account& account, fetch::Observer* row,
                                     const net::StopSignal& stop) {
  if (Status claimed = claim_archive(context_); !claimed) {
    fetch::Report report;
    report.account = account.name;
    report.error = std::move(claimed).error();
    report.is_local = true;
    return report;
  }
  fetch::CollectOptions options(account, context_.profile().archive, stop);
  options.observer = row;
  options.clamd = context_.profile().clamd;
  options.dry_run = options_.dry_run;
  options.may_delete = !options_.keep;
  options.credential = [this, &stop](const profile::Account& asked) {
    return credential(asked, stop);
  };
  if (options_.confirm)
    options.confirm = [this, &account](std::span<const fetch::Deletion> deletions) {
      return confirm(account, deletions);
    };
  fetch::Report report = fetch::collect(options);
  if (report.error && report.error->code == Errc::kAuth) {
    const std::lock_guard lock(asking_);
    typed_.clear();
  }
  return report;
}

std::string FetchRun::index(const net::StopSignal& stop) {
  if (options_.no_index) return {};
  std::unique_lock lock(indexing_, std::defer_lock);
  while (!lock.try_lock_for(kStep))
    if (stop.raised()) return {};
  const archive::Path& archive = context_.profile().archive;
  auto database = archive::Database::open(archive, archive::Access::kWrite);
  if (!database) return database.error().detail;
  const auto deadline = std::chrono::steady_clock::now() + kIndexTime;
  const auto go_on = [&](std::uint64_t, std::uint64_t) {
    return !stop.raised() && std::chrono::steady_clock::now() < deadline;
  };
  const auto indexed = archive::index_pending(*database, archive, go_on, archive::WhenBusy::kLeave);
  // Who is at it already does it for us, or leaves it to the next one.
  if (indexed || indexed.error().code == Errc::kBusy) return {};
  return indexed.error().detail;
}

Result<fetch::Credential> FetchRun::credential(const profile::Account& account,
                                               const net::StopSignal& stop) {
  fetch::SecretContext secrets{context_.profile(), stop, {}};
  if (console::can_ask()) secrets.ask = [this](const std::string& prompt) { return ask(prompt); };
  return fetch::credential_of(account, secrets);
}

bool FetchRun::confirm(const profile::Account& account,
                       std::span<const fetch::Deletion> deletions) {
  const std::lock_guard lock(asking_);
  board_.take_away();
  for (const fetch::Deletion& each : deletions)
    std::cerr << fmt::format("{}: delete {:>5}  {:>9}  {}  {}\n", account.name, each.number,
                             console::human_bytes(static_cast<double>(each.octets)),
                             console::harmless_line(each.uid), each.reason);
  std::cerr << fmt::format("Delete these {} messages of {} on the server? [y/N] ", deletions.size(),
                           account.name)
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

Result<SecretString> FetchRun::ask(const std::string& prompt) {
  const std::lock_guard lock(asking_);
  if (const auto known = typed_.find(prompt); known != typed_.end()) return known->second;
  board_.take_away();
  RESTANTE_TRY(std::string typed, console::ask_password(prompt));
  SecretString secret(typed);
  wipe(typed);
  typed_.insert_or_assign(prompt, secret);
  return secret;
}

}  // namespace restante::cli
