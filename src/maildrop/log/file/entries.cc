#include "maildrop/log/file/entries.h"

#include "maildrop/log/file/history.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {

const char* describe_damage(RecordType type) {
  switch (type) {
    case RecordType::kMessage: return "a message's body is damaged";
    case RecordType::kDeletion: return "a deletion is damaged";
    case RecordType::kRetrieval: return "a retrieval is damaged";
    case RecordType::kTwofoldDeletion: return "a deletion is damaged";
    case RecordType::kUndeletion: return "an undeletion is damaged";
    case RecordType::kForgottenUids: return "uids of messages that are gone are damaged";
    case RecordType::kView: return "what is said of a view is damaged";
    case RecordType::kViewEnd: return "the end of a view is damaged";
  }
  return "damaged";
}

MessageInfo to_info(const RecordHeader& header) {
  MessageInfo info;
  info.sequence = Sequence{header.key};
  info.octets = header.octets;
  info.wire_bytes = header.body_bytes;
  info.arrived = header.time;
  info.wire_checksum = header.body_checksum;
  info.flags.utf8_header = (header.flags & kFlagUtf8Header) != 0;
  return info;
}

MessageEntry entry_of(const ScannedRecord& record, UidPool& uids) {
  MessageEntry entry;
  entry.info = to_info(record.header);
  entry.body_offset = record.body_offset;
  if (!record.header.uid.empty()) entry.uid = uids.add(record.header.uid);
  return entry;
}

Result<std::vector<Store::Entry>> read_entries(const LogFile& log, std::uint64_t end, View view) {
  std::vector<Store::Entry> entries;
  RESTANTE_CHECKED(read_each_entry(
      log, end, view, [&entries](Store::Entry&& entry) { entries.push_back(std::move(entry)); }));
  return entries;
}

Status read_each_entry(const LogFile& log, std::uint64_t end, View view,
                       const std::function<void(Store::Entry&&)>& take) {
  const ScanRange range{log.start(), end, false};
  History history;  // The fate of a message stands behind it in the log.
  RESTANTE_CHECKED(scan_log(log.file(), log.header().seed, range,
                            [&](ScannedRecord&& record) { history.apply(record); }));
  // Read twice, so that a list of a million messages needs no memory for them: only their fate is
  // kept.
  std::size_t i = 0;
  RESTANTE_CHECKED(scan_log(log.file(), log.header().seed, range, [&](ScannedRecord&& record) {
    if (record.header.type != RecordType::kMessage || i == history.size()) return;
    Store::Entry entry;
    entry.info = to_info(record.header);
    entry.uid = std::move(record.header.uid);
    if (entry.uid.empty()) append_derived_uid(log.uid_prefix(), entry.info, entry.uid);
    entry.deleted_at = history.deleted_at(view, i);
    entry.deleted = !history.is_seen(view, i);
    entry.retrieved_at = history.retrieved_at(view, i);
    ++i;
    take(std::move(entry));
  }));
  return ok();
}

}  // namespace restante::maildrop::log
