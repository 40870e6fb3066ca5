#include "maildrop/log/file/log_file.h"

#include <algorithm>
#include <array>

#include "maildrop/log/file/aside_file.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

using disk::OpenMode;

/// Errors: as create_directory, but not kExists.
Status ensure_directory(disk::Disk& disk, const std::string& path) {
  Status made = disk.create_directory(path);
  if (!made && made.error().code == Errc::kExists) return ok();
  return made;
}

Status ensure_directories(const Environment& environment, const LogPaths& paths) {
  if (environment.place != nullptr) return ensure_directory(environment.disk, paths.directory);
  if (!environment.disk.list(paths.maildrops)) {
    RESTANTE_CHECKED(ensure_directory(environment.disk, environment.root));
    // Before anything is in it: a process that finds "maildrops" may rely on the root's name being
    // durable, although the one that made it died.
    RESTANTE_CHECKED(environment.disk.sync_directory(parent_directory(environment.root)));
  }
  RESTANTE_CHECKED(ensure_directory(environment.disk, paths.maildrops));
  RESTANTE_CHECKED(ensure_directory(environment.disk, paths.directory));
  return ok();
}

Result<std::unique_ptr<disk::File>> open_file(const Environment& environment, const LogPaths& paths,
                                              Creation creation) {
  auto file = environment.disk.open(paths.log, OpenMode::kReadWrite);
  // A maildrop that is not there may be one whose file system is not there, and one that is there
  // may be another installation's.
  RESTANTE_CHECKED(environment.check_place());
  if (file || file.error().code != Errc::kNotFound || creation == Creation::kNever) return file;
  RESTANTE_CHECKED(ensure_directories(environment, paths));
  auto made = environment.disk.open(paths.log, OpenMode::kCreate);
  RESTANTE_CHECKED(environment.check_place());
  return made;
}

}  // namespace

LogFile::LogFile(const Environment& environment, std::unique_ptr<disk::File> file, LogHeader header)
    : LogFile(environment, std::move(file)) {
  take_header(std::move(header));
}

void LogFile::take_header(LogHeader header) {
  header_ = std::move(header);
  uid_prefix_ = log::uid_prefix(header_.id);
  // The names of a log that was made in its place were durable before it got its header.
  is_named_ = !header_.rewritten;
}

Result<std::unique_ptr<LogFile>> LogFile::open(const Environment& environment,
                                               const std::string& account, Creation creation) {
  const LogPaths paths = log_paths(environment.root, account);
  RESTANTE_TRY(auto file, open_file(environment, paths, creation));
  std::unique_ptr<LogFile> log(new LogFile(environment, std::move(file)));
  log->header_.account = account;
  Status loaded = log->load_header(account);
  if (!loaded && loaded.error().code == Errc::kState) {
    // Once we have the lock no other process is at it: look again, then make it.
    RESTANTE_TRY(const AppendLock lock, log->lock_append(environment.patience));
    loaded = log->load_header(account);
    if (!loaded && loaded.error().code == Errc::kState) loaded = log->make_header(account);
  }
  if (!loaded) return std::move(loaded).error();
  return log;
}

/// Errors: kState when the log is so short that it never held a record: it is being made, or its
/// making was cut short.
Status LogFile::load_header(const std::string& account) {
  const std::size_t size = log_header_bytes(account);
  std::vector<std::byte> bytes(2 * size);
  RESTANTE_TRY(const std::size_t got, file_->read(0, bytes));
  const ByteView both = ByteView(bytes).first(got);
  if (got < bytes.size() && !is_foreign_log(both, account))
    return Error(Errc::kState, "no header yet");
  auto first = decode_log_header(both.first(std::min(size, got)), account);
  if (first) {
    take_header(std::move(*first));
    return ok();
  }
  auto second = decode_log_header(both.subspan(std::min(size, got)), account);
  if (second) {
    take_header(std::move(*second));
    environment_.report({account, 0, size, "the first copy of the log's header is damaged"});
    return ok();
  }
  RESTANTE_TRY(const disk::FileStatus status, file_->status());
  if (status.size > 2 * size || is_foreign_log(both, account))
    return Error(first.error().code, first.error().detail + " in " + paths().log);
  return Error(Errc::kState, "no header yet");
}

/// A record is appended only to a log whose header is durable, so a file without a header and too
/// short for a record holds no mail, only what a crash left.
Status LogFile::make_header(const std::string& account) {
  RESTANTE_TRY(const disk::FileStatus status, file_->status());
  if (status.size > 0) RESTANTE_CHECKED(cut_tail(0, status.size));
  LogHeader header;
  std::array<std::byte, 16> numbers{};
  RESTANTE_CHECKED(environment_.random(header.id));
  RESTANTE_CHECKED(environment_.random(numbers));
  header.seed = get_le<std::uint64_t>(numbers, 0);
  header.generation = get_le<std::uint64_t>(numbers, 8);
  header.created = environment_.clock.now();
  header.account = account;
  // The names first: a process that finds a header may rely on the names being durable, although
  // the one that wrote it died.
  RESTANTE_CHECKED(environment_.disk.sync_directory(environment_.root));
  RESTANTE_CHECKED(environment_.disk.sync_directory(paths().maildrops));
  RESTANTE_CHECKED(environment_.disk.sync_directory(paths().directory));
  const std::string encoded = encode_log_header(header);
  const std::array<ByteView, 1> pieces = {as_bytes(encoded)};
  Status made = file_->write(0, pieces);
  if (made) made = file_->sync();
  if (made) {
    take_header(std::move(header));
    is_header_durable_ = true;
  } else {
    // It must not be found: it would pass for durable. Writing it anew makes new dirty pages.
    (void)file_->truncate(0);
  }
  return made;
}

Result<LogFile::AppendLock> LogFile::lock_append(const disk::Patience& patience) {
  RESTANTE_CHECKED(file_->lock(kAppendLockAt, 1, patience));
  return AppendLock(*file_);
}

Result<ScannedRecord> LogFile::write(std::uint64_t end, RecordHeader header,
                                     const RecordBody& body) {
  RESTANTE_CHECKED(prepare(end));
  auto record = write_record(*file_, {align(end), header_.seed}, header, body);
  return written(end, std::move(record), std::move(header));
}

Result<ScannedRecord> LogFile::write_body(std::uint64_t end, RecordHeader header,
                                          const RecordBody& body, BodyBuffer& buffer) {
  RESTANTE_CHECKED(prepare(end));
  auto record = log::write_body(*file_, {align(end), header_.seed}, header, body, buffer);
  if (!record && is_small(body)) return record;  // It did not come as far as the file.
  return written(end, std::move(record), std::move(header));
}

Status LogFile::prepare(std::uint64_t end) {
  RESTANTE_CHECKED(check_appendable());
  RESTANTE_CHECKED(ensure_named());
  if (end == start()) RESTANTE_CHECKED(ensure_header());
  return ok();
}

Result<ScannedRecord> LogFile::written(std::uint64_t end, Result<ScannedRecord> record,
                                       RecordHeader header) {
  // Nothing of it may stay: the next record must follow the last whole one.
  if (!record && !file_->truncate(end)) poisoned_ = true;
  if (record) record->header = std::move(header);
  return record;
}

Status LogFile::write_headers(std::vector<ScannedRecord>& records) {
  for (ScannedRecord& record : records) {
    const RecordPlace place{record.offset, header_.seed};
    RESTANTE_TRY(const Checksum sum, write_header(*file_, place, record.header));
    record.header_checksum = sum;
  }
  return ok();
}

Status LogFile::settle(std::uint64_t end, Status written) {
  if (written) written = sync();
  // The records are refused, so readers must not find them, in other processes either, and their
  // sequence numbers must not be seen twice. What the disk holds of them is unknown.
  if (!written && !file_->truncate(end)) poisoned_ = true;
  return written;
}

Status LogFile::check_appendable() const {
  if (is_poisoned()) return Error(Errc::kIo, "given up after a failed sync: " + paths().log);
  return ok();
}

Status LogFile::sync() {
  RESTANTE_CHECKED(check_appendable());
  Status synced = file_->sync();
  if (!synced) poisoned_ = true;
  return synced;
}

Status LogFile::ensure_named() {
  if (is_named_) return ok();
  RESTANTE_CHECKED(environment_.disk.sync_directory(paths().directory));
  is_named_ = true;
  return ok();
}

/// A header that another process wrote, or whose sync failed here, is perhaps only in memory, and a
/// later sync of other pages says nothing about it. Writing it again makes new dirty pages.
Status LogFile::ensure_header() {
  if (is_header_durable_) return ok();
  const std::string encoded = encode_log_header(header_);
  const std::array<ByteView, 1> pieces = {as_bytes(encoded)};
  RESTANTE_CHECKED(file_->write(0, pieces));
  RESTANTE_CHECKED(sync());
  is_header_durable_ = true;
  return ok();
}

/// The seed stays, so that the old records are whole under either header, until they are cut. The
/// generation does not: no index of before, and no process that knows the log, takes it for the old
/// one. While one copy of the header is written, the other is whole.
Status LogFile::empty(Sequence next) {
  RESTANTE_CHECKED(check_appendable());
  LogHeader header = header_;
  header.first_sequence = next;
  std::array<std::byte, 8> number{};
  RESTANTE_CHECKED(environment_.random(number));
  header.generation = get_le<std::uint64_t>(number, 0);
  const std::string both = encode_log_header(header);
  const std::size_t size = both.size() / 2;
  for (const std::size_t at : {size, std::size_t{0}}) {
    const std::array<ByteView, 1> pieces = {as_bytes(both).subspan(at, size)};
    RESTANTE_CHECKED(file_->write(at, pieces));
    RESTANTE_CHECKED(sync());
  }
  RESTANTE_CHECKED(file_->truncate(start()));
  return sync();
}

Status LogFile::cut_tail(std::uint64_t end, std::uint64_t size) {
  RESTANTE_CHECKED(set_aside(environment_, paths(), *file_, {end, size - end}));
  return file_->truncate(end);
}

}  // namespace restante::maildrop::log
