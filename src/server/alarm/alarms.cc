#include "server/alarm/alarms.h"

#include <algorithm>

#include "base/thread.h"
#include "server/alarm/alarm_mail.h"
#include "server/alarm/last_backup.h"
#include "server/common/disk_room.h"
#include "server/common/log.h"
#include "server/copies/copies.h"
#include "server/delivery/archive.h"
#include "server/delivery/notice.h"
#include "server/elsewhere/homes.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

/// A reason may have octets of another machine in it, and goes into lines.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

const std::string& receiver_of(const settings::Config& config) {
  return config.alarm.to.empty() ? config.server.operator_address : config.alarm.to;
}

std::string disk_short(const settings::Config& config) {
  const auto free = free_octets(config.data_dir);
  if (!free || *free >= config.maildrop.reserve) return {};
  return fmt::format(
      "Only {} MiB are free on the disk of data_dir; {} MiB are kept for deletions "
      "(maildrop.reserve)",
      *free >> 20, config.maildrop.reserve >> 20);
}

/// A maildrop here that its owner does not collect from is no place for an alarm.
Status check_is_here(const Services& services, const std::string& name) {
  if (services.homes == nullptr || services.homes->is_empty()) return ok();
  RESTANTE_TRY(const accounts::Account account, services.directory.find_owner(name));
  RESTANTE_TRY(const auto home, services.homes->of_account(account));
  if (!home) return ok();
  return Error(Errc::kState, "its mail is at " + home->server->name + ": name an account here");
}

/// The accounts of the archive that mail cannot go to; empty: each is there.
std::string archive_broken(const Services& services, const accounts::Settings& settings) {
  std::string broken;
  for (const std::string& name : archive_accounts(settings)) {
    const auto found = find_archive_account(services.directory, services.homes, name);
    // A back end that is down is an alarm of its own, and would be waited for once an account.
    if (!found && found.error().code == Errc::kIo) break;
    if (!found) broken += (broken.empty() ? "" : "; ") + name + ": " + found.error().message();
  }
  return one_line(broken);
}

}  // namespace

Alarms::Alarms(Services& services, const SettingsHolder& settings)
    : services_(services),
      settings_(settings),
      told_(settings.get()->config.data_dir / "alarms"),
      logged_({}) {
  const WallTime now = services.clock.now();
  for (const ToldTrouble& told : told_.all()) finder_.resume(told.key, told.what, now);
}

Status Alarms::start() {
  RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
  thread_ = std::move(thread);
  return ok();
}

void Alarms::stop() {
  wakeup_.stop();
  if (thread_.joinable()) thread_.join();
}

void Alarms::run() {
  while (!wakeup_.stopped()) {
    look();
    wakeup_.wait_until(std::chrono::steady_clock::now() + settings_.get()->config.alarm.interval);
  }
}

Facts Alarms::facts() const {
  const SettingsPtr settings = settings_.get();
  const Metrics& metrics = services_.metrics;
  Facts facts;
  facts.now = services_.clock.now();
  if (metrics.data_dir_lost.value() != 0)
    facts.data_dir_lost = settings->config.data_dir.native() + " is gone, or is another's";
  facts.disk_short = disk_short(settings->config);
  facts.damage_found = metrics.damage_found.value();
  facts.deliveries_failed = metrics.deliveries_failed.value();
  facts.archive_broken = archive_broken(services_, settings->config.accounts);
  facts.archive_failures = services_.measures->archive.failed.value();
  facts.archive_reason = one_line(services_.measures->archive.reason());
  facts.upkeep_failures = metrics.upkeep_failures.value();
  facts.scrub_failures = metrics.scrub_failures.value();
  if (services_.journal != nullptr) facts.acts_dropped = services_.journal->dropped();
  facts.clock_is_doubtful = metrics.clock_doubtful.value() != 0;
  if (settings->tls) {
    facts.certificate_ends = settings->tls->not_after();
    facts.certificate = one_line(settings->tls->soonest_file().native());
  }
  facts.last_backup = last_backup(settings->config.data_dir);
  for (const auto& [where, state] : services_.measures->back_ends.get())
    if (state.is_down) facts.back_ends_down[one_line(where)] = one_line(state.reason);
  if (const Copies* const copies = services_.copies; copies != nullptr) {
    facts.copies_set_aside = copies->set_aside();
    for (const auto& [target, reason] : copies->down())
      facts.targets_down[one_line(target)] = one_line(reason);
  }
  return facts;
}

/// Better said now than when there is something to tell.
void Alarms::check_receiver() {
  const SettingsPtr settings = settings_.get();
  if (settings == checked_ || receiver_of(settings->config).empty()) return;
  const auto found = services_.router.resolve(receiver_of(settings->config));
  if (!found && found.error().code == Errc::kIo) return;  // Asked again at the next look.
  checked_ = settings;
  if (!found)
    spdlog::warn("alarm.to: {} is no address of ours, so nobody is told when something is wrong",
                 for_log(receiver_of(settings->config)));
  if (!found) return;
  for (const std::string& account : *found)
    if (const Status here = check_is_here(services_, account); !here)
      spdlog::warn("alarm.to: {} cannot be told when something is wrong reason={}",
                   for_log(account), for_log(here.error().detail));
}

void Alarms::look() {
  check_receiver();
  const Facts seen = facts();
  std::vector<Trouble> found = finder_.look(seen, {settings_.get()->config.alarm.backup_age});
  const TroubleNews said = logged_.compare(found);
  log(said);
  static_cast<void>(logged_.note(said, seen.now));  // In memory.
  const TroubleNews news = told_.compare(found);
  if (!news.empty() && !receiver_of(settings_.get()->config).empty()) {
    const Status told = tell(news, seen.now);
    const std::string complaint = told ? std::string() : told.error().message();
    if (!told && complaint != complaint_)
      spdlog::error("alarm: the operator could not be told, tried again reason={}",
                    for_log(complaint));
    complaint_ = complaint;
  }
  const std::lock_guard lock(mutex_);
  current_ = std::move(found);
}

void Alarms::log(const TroubleNews& news) const {
  for (const Trouble& trouble : news.begun)
    spdlog::warn("alarm kind={} what={} do={}", name_of(trouble.kind), for_log(trouble.what),
                 for_log(advice_for(trouble.kind)));
  for (const ToldTrouble& over : news.over)
    spdlog::info("alarm over kind={} what={}", over.key.substr(0, over.key.find(' ')),
                 for_log(over.what));
}

/// It counts as told when every account of the operator has it: one that gets it twice is better
/// than one that gets it never.
Status Alarms::tell(const TroubleNews& news, WallTime now) {
  const settings::Config& config = settings_.get()->config;
  const auto accounts = services_.router.resolve(receiver_of(config));
  if (!accounts)
    return Error(accounts.error().code,
                 receiver_of(config) + " (alarm.to, server.operator): " + accounts.error().detail);
  for (const std::string& account : *accounts)
    if (const Status here = check_is_here(services_, account); !here)
      return Error(here.error().code,
                   account + " (alarm.to, server.operator): " + here.error().detail);
  const std::string subject = alarm_subject(config.hostname, news);
  const std::string text = alarm_text(news, told_.all(), now);
  for (const std::string& account : *accounts)
    RESTANTE_CHECKED(put_notice(services_.store, account,
                                notice_header(account, {subject, "alarm", now}) + text, now));
  return told_.note(news, now);
}

std::vector<Trouble> Alarms::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace restante::server
