#include "maildrop/log/check/check_index.h"

#include <array>

#include "maildrop/log/file/log_index_file.h"

namespace restante::maildrop::log {
namespace {

constexpr std::uint64_t kIndexBytesMax = 8ULL << 30;

IndexReport useless(std::string why) { return {IndexState::kUseless, 0, std::move(why)}; }

/// The log has the record that the index names last, and it ends where the index ends.
Result<bool> fits(disk::File& log, const LogHeader& header, const Coverage& coverage) {
  std::array<std::byte, kRecordHeaderBytesMax> buffer{};
  RESTANTE_TRY(const std::size_t got, log.read(coverage.last_record, buffer));
  const ByteView bytes = ByteView(buffer).first(got);
  const auto record = decode_record_header(bytes, header.seed, coverage.last_record);
  return record && header_checksum_of(bytes) == coverage.last_checksum &&
         coverage.last_record + record_header_bytes(*record) + record->body_bytes == coverage.end;
}

}  // namespace

Result<IndexReport> check_index(disk::Disk& disk, const std::string& path, disk::File& log,
                                const LogHeader& header, std::uint64_t log_bytes) {
  const auto file = disk.open(path, disk::OpenMode::kRead);
  if (!file && file.error().code == Errc::kNotFound) return IndexReport();
  if (!file) return file.error();
  RESTANTE_TRY(const disk::FileStatus status, (*file)->status());
  // A file that was blown up must not fill the memory of a check; the log tells all that it could.
  if (status.size > kIndexBytesMax) return useless("too large");
  const auto known = check_index_bytes(**file, status.size, header);
  if (!known && known.error().code != Errc::kCorrupt) return known.error();
  if (!known) return useless(known.error().detail);
  const Coverage& coverage = *known;
  // It was written for a longer log: of before a restore, or of the time before a crash that lost
  // the log's end.
  if (coverage.end > log_bytes || coverage.last_record < records_start(header.account))
    return useless("it covers more than the log has");
  RESTANTE_TRY(const bool fitting, fits(log, header, coverage));
  if (!fitting) return useless("the log has another record where it ends");
  return IndexReport{IndexState::kUsable, coverage.end, {}};
}

}  // namespace restante::maildrop::log
