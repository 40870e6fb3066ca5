#include "archive/exchange/mbox_exporter.h"

#include <fcntl.h>

#include <map>
#include <utility>

#include "archive/exchange/mail_state.h"
#include "archive/exchange/mbox.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

constexpr std::size_t kMboxBufferBytes = 256U << 10;

bool has_any(std::string_view flags, std::string_view letters) {
  return flags.find_first_of(letters) != std::string_view::npos;
}

/// For any program; what Status has no letter for stands in Thunderbird's lines. Without flags the
/// message has no other octets than its own.
std::string lines_for_all(std::string_view flags) {
  if (flags.empty()) return {};
  // Forwarded has no letter in Status.
  return (has_any(flags, "P") ? mozilla_status_lines(flags) : "") + status_lines(flags);
}

std::string lines_for_thunderbird(std::string_view flags) {
  // Drafts and deletions have no bit in Thunderbird's.
  return mozilla_status_lines(flags) + (has_any(flags, "DT") ? status_lines(flags) : "");
}

/// One file, as it grows.
class MboxFile {
 public:
  static Result<MboxFile> make(Path path) {
    RESTANTE_TRY(Descriptor file, open_file(path, O_WRONLY | O_CREAT | O_EXCL));
    return MboxFile(std::move(path), std::move(file));
  }

  Result<Given> add(const Path& source, const Entry& entry, const std::string& lines) {
    RESTANTE_TRY(const Judged judged, judge_file(source, entry.sha256));
    pending_ += mbox_from_line(entry.sha256, entry.arrived) + lines;
    MboxQuoter quoter;
    // The file's own octets: lines end in LF here, too.
    RESTANTE_CHECKED(send_file(source, [&](std::string_view octets) {
      quoter.write(octets, pending_);
      return pending_.size() < kMboxBufferBytes ? ok() : flush();
    }));
    quoter.finish(pending_);
    return judged.damaged ? Given::kDamaged : Given::kWhole;
  }

  Status finish() {
    RESTANTE_CHECKED(flush());
    return sync_data(file_, path_);
  }

 private:
  MboxFile(Path path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Status flush() {
    RESTANTE_CHECKED(write_all(file_, pending_, path_));
    pending_.clear();
    return ok();
  }

  Path path_;
  Descriptor file_;
  std::string pending_;
};

class MboxExporter : public Exporter {
 public:
  explicit MboxExporter(MboxFile file) : file_(std::move(file)) {}

  Result<Given> add(const Path& archive, const Entry& entry) override {
    return file_.add(file_of(archive, entry), entry, lines_for_all(entry.flags));
  }

  Status finish() override { return file_.finish(); }

 private:
  MboxFile file_;
};

class ThunderbirdExporter : public Exporter {
 public:
  explicit ThunderbirdExporter(Path folder) : folder_(std::move(folder)) {}

  Result<Given> add(const Path& archive, const Entry& entry) override {
    auto file = files_.find(entry.account);
    if (file == files_.end()) {
      RESTANTE_TRY(MboxFile made, MboxFile::make(folder_ / account_folder(entry.account)));
      file = files_.emplace(entry.account, std::move(made)).first;
    }
    return file->second.add(file_of(archive, entry), entry, lines_for_thunderbird(entry.flags));
  }

  Status finish() override {
    for (auto& [account, file] : files_) RESTANTE_CHECKED(file.finish());
    return sync_folder(folder_);
  }

 private:
  const Path folder_;
  std::map<std::string, MboxFile> files_;  // By account.
};

}  // namespace

Result<std::unique_ptr<Exporter>> open_mbox_exporter(const Path& target) {
  RESTANTE_TRY(MboxFile file, MboxFile::make(target));
  return std::unique_ptr<Exporter>(new MboxExporter(std::move(file)));
}

Result<std::unique_ptr<Exporter>> open_thunderbird_exporter(const Path& target) {
  RESTANTE_CHECKED(make_folders(target));
  // Thunderbird shows a folder only when a file of its name lies beside its ".sbd".
  RESTANTE_TRY(const Descriptor above, open_file(target / "Restante", O_WRONLY | O_CREAT | O_EXCL));
  RESTANTE_CHECKED(make_folders(target / "Restante.sbd"));
  RESTANTE_CHECKED(sync_folder(target));
  return std::unique_ptr<Exporter>(new ThunderbirdExporter(target / "Restante.sbd"));
}

}  // namespace restante::archive
