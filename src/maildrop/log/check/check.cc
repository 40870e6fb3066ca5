#include "maildrop/log/check/check.h"

#include <algorithm>
#include <deque>

#include "maildrop/log/check/check_aside.h"
#include "maildrop/log/check/check_index.h"
#include "maildrop/log/check/check_walk.h"
#include "maildrop/log/file/history.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/format/check_header.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

constexpr int kAttemptsMax = 5;

/// Replays what the records say of which messages wait.
class Counter {
 public:
  Counter(const LogHeader& header, CheckReport& report)
      : prefix_(uid_prefix(header.id)), report_(report) {}

  void take(const LogPlace& place) {
    if (place.state != PlaceState::kWhole) note(place);
    // The next opening sets the tail aside: its records count for nothing.
    if (place.record == nullptr || place.in_tail) return;
    if (place.record->header.type == RecordType::kMessage) {
      take_message(place);
    } else {
      report_.others.count += 1;
      report_.others.bytes += place.bytes;
      history_.apply(*place.record);
    }
  }

  void finish() {
    const std::vector<View> views = history_.views().live();
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const Message& message = messages_[i];
      const bool is_deleted = history_.is_gone(views, i);
      Amount& amount = is_deleted ? report_.deleted : report_.live;
      amount.count += 1;
      amount.bytes += message.bytes;
      if (!is_deleted) report_.live_octets += message.octets;
    }
  }

 private:
  struct Message {
    std::uint64_t bytes;
    std::uint64_t octets;
  };

  void take_message(const LogPlace& place) {
    const RecordHeader& header = place.record->header;
    report_.messages.count += 1;
    report_.messages.bytes += place.bytes;
    if (!report_.last_arrived || header.time > *report_.last_arrived)
      report_.last_arrived = header.time;
    // Sessions and the history need rising numbers: a record out of order is told, and left out of
    // the counts.
    if (!messages_.empty() && header.key <= to_number(history_.sequence(history_.size() - 1))) {
      report_.findings.push_back({place.offset, place.bytes,
                                  "its sequence number is not above the one before it", false,
                                  about(*place.record)});
      return;
    }
    history_.apply(*place.record);
    messages_.push_back({place.bytes, header.octets});
  }

  [[nodiscard]] std::optional<Finding::Message> about(const ScannedRecord& record) const {
    const RecordHeader& header = record.header;
    if (header.type != RecordType::kMessage) return std::nullopt;
    Finding::Message message{Sequence{header.key}, header.uid, header.octets, header.time};
    if (message.uid.empty()) {
      MessageInfo info;
      info.sequence = message.sequence;
      info.arrived = message.arrived;
      info.wire_checksum = header.body_checksum;
      append_derived_uid(prefix_, info, message.uid);
    }
    return message;
  }

  static std::string what_of(const LogPlace& place) {
    const bool is_message =
        place.record != nullptr && place.record->header.type == RecordType::kMessage;
    switch (place.state) {
      case PlaceState::kWhole: break;
      case PlaceState::kBodyDamaged:
        return is_message ? "a message's body is damaged" : "a record's body is damaged";
      case PlaceState::kNoRecord: return "no record can be read here";
      case PlaceState::kCutShort: return is_message ? "a message is cut short" : "cut short";
      case PlaceState::kZeros: return "zeros behind the last record";
    }
    return {};
  }

  void note(const LogPlace& place) {
    Finding finding{place.offset, place.bytes, what_of(place), place.in_tail, std::nullopt};
    if (place.record != nullptr) finding.message = about(*place.record);
    report_.findings.push_back(std::move(finding));
  }

  const std::string prefix_;
  CheckReport& report_;
  std::deque<Message> messages_;  // By sequence.
  History history_;               // Of the same messages.
};

void note_headers(const FoundHeader& found, CheckReport& report) {
  const std::uint64_t size = log_header_bytes(found.header.account);
  if (found.first_damaged)
    report.findings.push_back(
        {0, size, "the first copy of the log's header is damaged", false, {}});
  if (found.second_damaged)
    report.findings.push_back(
        {size, size, "the second copy of the log's header is damaged", false, {}});
}

/// Where the log ends while no process writes it.
Result<disk::FileStatus> status_at_rest(disk::File& file, const Pace& pace) {
  const auto patience = [&pace](std::chrono::milliseconds waited) {
    return waited < limits::kLockTimeout && (!pace || pace(0));
  };
  // Under this lock no append is half done. It is given back at once, since the check takes long.
  RESTANTE_CHECKED(file.lock(kAppendLockAt, 1, patience));
  const LogFile::AppendLock lock(file);
  return file.status();
}

/// One look over the open log, as long as `end`.
Result<CheckReport> look(disk::File& file, std::uint64_t end, CheckDepth depth) {
  CheckReport report;
  report.bytes = end;
  const auto found = find_log_header(file);
  if (!found && found.error().code == Errc::kState) return report;  // Never held mail.
  if (!found && found.error().code == Errc::kCorrupt) {
    report.findings.push_back({0, end, "no copy of the log's header can be read", false, {}});
    return report;
  }
  if (!found) return found.error();
  report.account = found->header.account;
  note_headers(*found, report);
  Counter counter(found->header, report);
  RESTANTE_CHECKED(walk_log(file, found->header.seed,
                            {found->records_start(), end, depth == CheckDepth::kAll},
                            [&](const LogPlace& place) { counter.take(place); }));
  counter.finish();
  return report;
}

bool has_tail(const CheckReport& report) {
  return std::ranges::any_of(report.findings, [](const Finding& f) { return f.in_tail; });
}

/// One attempt; nothing when the log was replaced or cut meanwhile.
Result<std::optional<CheckReport>> attempt(disk::Disk& disk, const LogPaths& paths,
                                           CheckDepth depth, const Pace& pace) {
  using Outcome = std::optional<CheckReport>;
  // Nothing is written: an exclusive lock wants a file that is open for writing.
  RESTANTE_TRY(const auto file, disk.open(paths.log, disk::OpenMode::kReadWrite));
  RESTANTE_TRY(const disk::FileStatus before, status_at_rest(*file, pace));
  PacedFile paced(*file, pace);
  auto report = look(paced, before.size, depth);
  RESTANTE_TRY(const disk::FileStatus after, file->status());
  // Asked before the report's error: a log that was replaced or cut meanwhile cannot be read to the
  // old end, and is not damaged.
  if (after.links == 0 || after.size < before.size) return Outcome();
  if (!report) return report.error();
  // The torn end may have been cut since, and records put in its place.
  if (has_tail(*report) && after.size != before.size) return Outcome();
  if (const auto found = find_log_header(*file)) {
    auto index = check_index(disk, paths.index, *file, found->header, before.size);
    if (!index) return std::move(index).error();
    report->index = std::move(*index);
  }
  auto aside = read_aside(disk, paths.aside, pace);
  if (!aside) return std::move(aside).error();
  report->aside = std::move(*aside);
  return Outcome(std::move(*report));
}

}  // namespace

Result<CheckReport> check_log(disk::Disk& disk, const LogPaths& paths, CheckDepth depth,
                              const Pace& pace) {
  for (int i = 0; i < kAttemptsMax; ++i) {
    RESTANTE_TRY(auto report, attempt(disk, paths, depth, pace));
    if (report) return std::move(*report);
  }
  return Error(Errc::kBusy, "replaced again and again: " + paths.log);
}

Result<CheckReport> check_maildrop(disk::Disk& disk, const std::string& root,
                                   const std::string& account, const Pace& pace) {
  const LogPaths paths = log_paths(root, account);
  RESTANTE_TRY(CheckReport report, check_log(disk, paths, CheckDepth::kAll, pace));
  if (!report.account.empty() && report.account != account)
    report.findings.insert(
        report.findings.begin(),
        {0, report.bytes, "the log of another account: " + report.account, false, {}});
  return report;
}

}  // namespace restante::maildrop::log
