#include "maildrop/log/file/donor.h"

#include <algorithm>
#include <set>

#include "maildrop/log/format/check_header.h"
#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {
namespace {

bool is_same(const RecordHeader& one, const RecordHeader& other) {
  // All that the header says, and not the number alone: a number may have been given out again
  // after damage.
  return one.key == other.key && one.time == other.time && one.octets == other.octets &&
         one.body_bytes == other.body_bytes && one.body_checksum == other.body_checksum &&
         one.uid == other.uid;
}

}  // namespace

Result<FoundBodies> find_bodies(disk::File& copy, const LogHeader& maildrop,
                                const std::vector<RecordHeader>& wanted, const Pace& pace) {
  FoundBodies found;
  RESTANTE_TRY(const FoundHeader header, find_log_header(copy));
  // By the identity, not the account's name: a maildrop that was deleted and made anew has other
  // mail under the same numbers.
  if (header.header.id != maildrop.id)
    return Error(Errc::kState,
                 "the backup is of another maildrop, or of one before it was made anew");
  if (wanted.empty()) return found;
  RESTANTE_TRY(const disk::FileStatus status, copy.status());
  std::set<std::uint64_t> numbers;
  for (const RecordHeader& one : wanted) numbers.insert(one.key);
  const auto look = [&](const ScannedRecord& record) {
    if (!record.intact || record.header.type != RecordType::kMessage) return;
    if (!numbers.contains(record.header.key)) return;
    const bool is_wanted = std::ranges::any_of(
        wanted, [&](const RecordHeader& one) { return is_same(one, record.header); });
    if (is_wanted) found[record.header.key] = {record.body_offset, record.header.body_checksum};
  };
  RESTANTE_CHECKED(scan_log(copy, header.header.seed,
                            {header.records_start(), status.size, true, &pace},
                            [&](ScannedRecord&& record) { look(record); }));
  return found;
}

}  // namespace restante::maildrop::log
