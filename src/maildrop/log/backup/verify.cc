#include "maildrop/log/backup/verify.h"

#include <algorithm>

#include "maildrop/log/backup/folder.h"
#include "maildrop/log/backup/reading.h"
#include "maildrop/log/check/check_walk.h"
#include "maildrop/log/format/check_header.h"

namespace restante::backup {
namespace {

using maildrop::log::LogPlace;
using maildrop::log::PlaceState;

/// Compares the bytes of a file with its parts as they come by.
class PartsCheck {
 public:
  explicit PartsCheck(const std::vector<Part>& parts) : parts_(parts) {}

  void take(ByteView bytes) {
    while (!bytes.empty() && index_ < parts_.size()) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(bytes.size(), parts_[index_].bytes - done_));
      sum_.update(bytes.first(size));
      done_ += size;
      bytes = bytes.subspan(size);
      // A part is what one backup has added. By parts a damaged disk's reader learns from which
      // night on a file is wrong.
      if (done_ == parts_[index_].bytes) end_part();
    }
  }

  /// "octets 0 to 99 …" for each part that does not match.
  [[nodiscard]] const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  void end_part() {
    if (sum_.digest() != parts_[index_].sum)
      wrong_.push_back("the " + std::to_string(done_) + " bytes from " + std::to_string(start_) +
                       " do not match their checksum");
    start_ += done_;
    done_ = 0;
    ++index_;
    sum_ = ChecksumStream();
  }

  const std::vector<Part>& parts_;
  std::size_t index_ = 0;
  std::uint64_t start_ = 0;  // Of the part.
  std::uint64_t done_ = 0;   // Of the part's bytes.
  ChecksumStream sum_;
  std::vector<std::string> wrong_;
};

std::string what_of(const LogPlace& place) {
  std::string what;
  if (place.record != nullptr && place.record->header.type == maildrop::log::RecordType::kMessage)
    what = "message " + std::to_string(place.record->header.key) + " is damaged";
  else
    what = place.record != nullptr ? "a record is damaged" : "no record can be read";
  return what + " at offset " + std::to_string(place.offset);
}

class Verifier {
 public:
  Verifier(disk::Disk& disk, const std::string& folder, const maildrop::Pace& pace)
      : disk_(disk), folder_(folder), pace_(pace) {}

  Status take(const FileEntry& entry) {
    const auto file = disk_.open(folder_ + '/' + entry.stored, disk::OpenMode::kRead);
    if (!file && file.error().code == Errc::kNotFound) {
      problem(entry, "it is missing");
      return ok();
    }
    if (!file) return file.error();
    RESTANTE_TRY(const disk::FileStatus status, (*file)->status());
    if (status.size < entry.bytes()) {
      problem(entry, "it is cut short: " + std::to_string(status.size) + " of " +
                         std::to_string(entry.bytes()) + " bytes");
      return ok();
    }
    return read(entry, **file);
  }

  VerifyReport report;

 private:
  Status read(const FileEntry& entry, disk::File& file) {
    PartsCheck parts(entry.parts);
    const auto take = [&parts](ByteView bytes) {
      parts.take(bytes);
      return ok();
    };
    OrderedFile ordered(file, 0, entry.bytes(), take, pace_);
    std::vector<std::string> damage;
    if (entry.kind == FileKind::kLog) RESTANTE_CHECKED(read_log(entry, ordered, damage));
    RESTANTE_CHECKED(ordered.finish());
    report.bytes += entry.bytes();
    for (const std::string& what : parts.wrong()) problem(entry, what);
    // Octets that are as copied had their damage in the maildrop already: the backup is sound.
    auto& list = parts.wrong().empty() ? report.copied_damage : report.problems;
    for (std::string& what : damage) list.push_back({entry.name, entry.stored, std::move(what)});
    return ok();
  }

  Status read_log(const FileEntry& entry, disk::File& file, std::vector<std::string>& damage) {
    const auto header = maildrop::log::find_log_header(file);
    if (!header && header.error().code == Errc::kIo) return header.error();
    if (!header) {
      damage.emplace_back("no copy of the log's header can be read");
      return ok();
    }
    if (header->first_damaged || header->second_damaged)
      damage.emplace_back("one copy of the log's header is damaged");
    const auto note = [&](const LogPlace& place) {
      if (place.state != PlaceState::kWhole) damage.push_back(what_of(place));
      if (place.record != nullptr &&
          place.record->header.type == maildrop::log::RecordType::kMessage)
        report.messages += 1;
    };
    const auto walked = maildrop::log::walk_log(
        file, header->header.seed, {header->records_start(), entry.bytes(), true}, note);
    // Damage is a finding; a disk that cannot be read ends the work.
    if (!walked && walked.error().code != Errc::kCorrupt) return walked.error();
    if (!walked) damage.push_back(walked.error().detail);
    return ok();
  }

  void problem(const FileEntry& entry, std::string what) {
    report.problems.push_back({entry.name, entry.stored, std::move(what)});
  }

  disk::Disk& disk_;
  const std::string& folder_;
  const maildrop::Pace& pace_;
};

}  // namespace

Result<Manifest> load_manifest(disk::Disk& disk, const std::string& folder) {
  auto manifest = Folder(disk, folder).manifest();
  if (!manifest) return std::move(manifest).error();
  if (!*manifest) return Error(Errc::kNotFound, "no finished backup in " + folder);
  return std::move(**manifest);
}

Result<VerifyReport> verify_files(disk::Disk& disk, const std::string& folder,
                                  const Manifest& manifest, const Expect& expect,
                                  const maildrop::Pace& pace) {
  Verifier verifier(disk, folder, pace);
  std::uint64_t bytes = 0;
  for (const FileEntry& file : manifest.files) bytes += file.bytes();
  if (expect) expect(bytes);
  for (const FileEntry& file : manifest.files) RESTANTE_CHECKED(verifier.take(file));
  VerifyReport& report = verifier.report;
  report.made = manifest.made;
  report.serial = manifest.serial;
  report.files.assign(manifest.files.begin(), manifest.files.end());
  return std::move(report);
}

Result<VerifyReport> verify_backup(disk::Disk& disk, const std::string& folder,
                                   const Expect& expect, const maildrop::Pace& pace) {
  RESTANTE_TRY(const Manifest manifest, load_manifest(disk, folder));
  return verify_files(disk, folder, manifest, expect, pace);
}

}  // namespace restante::backup
