#include "fetch/run/scan.h"

#include <fmt/format.h>

#include "archive/mailbox/stored_message.h"
#include "base/numbers.h"
#include "fetch/outside/clamd.h"
#include "fetch/plan/backoff.h"

namespace restante::fetch {
namespace {

// A group shares its syncs and its transaction.
// A scan is slow; more would wait for the last one before any is shown.
constexpr std::size_t kScannedTogether = 100;
// Then clamd is in trouble rather than the messages.
constexpr int kFailuresInARow = 3;

class Scan {
 public:
  Scan(Run& run, archive::HeldMail& held)
      : run_(run), held_(held), clamd_(run.options.clamd, run.options.stop) {}

  Status perform() {
    while (going_on_) {
      RESTANTE_TRY(const std::vector<archive::Held> group, held_.due(now(), kScannedTogether));
      if (group.empty()) return ok();
      Status scanned = scan_group(group);
      // Clean messages are let in, also when the scan of the next one failed.
      // In any case: what is clean must not wait for the message behind it.
      RESTANTE_CHECKED(let_in());
      RESTANTE_CHECKED(std::move(scanned));
    }
    return ok();
  }

 private:
  [[nodiscard]] std::int64_t now() const { return run_.local.now().time_since_epoch().count(); }

  Status scan_group(const std::vector<archive::Held>& group) {
    for (const archive::Held& message : group) {
      if (!going_on_) return ok();
      RESTANTE_CHECKED(scan(message));
    }
    return ok();
  }

  Status scan(const archive::Held& message) {
    const std::optional<archive::Path> file = held_.file_of(message.sha256);
    if (run_.local.mailbox().find(message.sha256)) {
      // Let in by a run that ended before it said so; or another program put it there.
      clean_.push_back(message);
      return ok();
    }
    // The next look finds the row without its file, and tells its owner.
    if (!file) return put_off(message, "its file is gone from the quarantine");
    const Result<archive::Judged> judged = archive::judge_file(*file, message.sha256);
    if (!judged || judged->damaged)
      return put_off(message, judged ? "it is damaged on the disk" : judged.error().detail);
    const Result<ScanVerdict> verdict = clamd_.scan(
        [&](const auto& sink) { return archive::send_received(*file, judged->form, sink); });
    if (!verdict) return unreachable(verdict.error());
    switch (verdict->kind) {
      case ScanVerdict::Kind::kClean:
        failures_ = 0;
        clean_.push_back(message);
        return ok();
      case ScanVerdict::Kind::kInfected: return infected(message, verdict->text);
      case ScanVerdict::Kind::kUnknown: break;
    }
    // Some messages clamd cannot take: too large, or encrypted.
    if (++failures_ == kFailuresInARow) going_on_ = false;
    return put_off(message, verdict->text);
  }

  Status infected(const archive::Held& message, const std::string& found) {
    failures_ = 0;
    RESTANTE_CHECKED(held_.mark_infected(message, found));
    ++run_.report.quarantined;
    run_.note(
        fmt::format("a message is in quarantine, clamd has found {} in it: restante "
                    "quarantine list",
                    found));
    return ok();
  }

  Status put_off(const archive::Held& message, const std::string& reason) {
    run_.note("a message could not be scanned: " + reason);
    return held_.put_off(message, reason, now() + retry_delay(message.attempts + 1).count());
  }

  Status unreachable(const Error& error) {
    going_on_ = false;
    // Stopped by the owner.
    if (error.code == Errc::kState) return error;
    run_.note(error.detail);
    // It waits; nothing is shown before a scan.
    return ok();
  }

  Status let_in() {
    RESTANTE_CHECKED(run_.local.let_in(clean_));
    Report& report = run_.report;
    for (const archive::Held& message : clean_) {
      if (run_.options.lists_messages() && report.messages.size() < kNewMessagesMax)
        report.messages.push_back({message.sha256, message.size, {}});
    }
    clean_.clear();
    return ok();
  }

  Run& run_;
  archive::HeldMail& held_;
  const Clamd clamd_;
  std::vector<archive::Held> clean_;
  int failures_ = 0;
  bool going_on_ = true;
};

}  // namespace

Status scan_due(Run& run) {
  archive::HeldMail* const held = run.local.held();
  if (held == nullptr) return ok();
  Status status = ok();
  if (!run.options.clamd.empty()) {
    run.observer.entered(Phase::kScanning);
    status = Scan(run, *held).perform();
  }
  RESTANTE_TRY(const archive::HeldCounts counts,
               archive::count_held(run.local.database(), run.options.account.name));
  run.report.unscanned = counts.waiting;
  if (counts.waiting > 0)
    run.note(fmt::format("{} kept, and not shown before a scan{}: see restante quarantine list",
                         counted(counts.waiting, "message is", "messages are"),
                         run.options.clamd.empty() ? "; but no clamd is configured" : ""));
  return status;
}

}  // namespace restante::fetch
