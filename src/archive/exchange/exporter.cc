#include "archive/exchange/exporter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "archive/exchange/exported_state.h"
#include "archive/exchange/mbox_exporter.h"
#include "archive/exchange/zip_exporter.h"
#include "archive/mailbox/message_key.h"
#include "archive/mailbox/stored_message.h"
#include "base/ascii.h"
#include "text/charsets/charset.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10;
// With date and checksum a name stays below the 255 octets that file systems take.
constexpr std::size_t kSubjectBytesMax = 60;

Result<Descriptor> new_file(const Path& path) {
  // Never over a file that is there: it may be the owner's, or an earlier export's.
  return open_file(path, O_WRONLY | O_CREAT | O_EXCL);
}

/// The list of flags and times beside single files; what it says already is not said again.
class StateFile {
 public:
  static Result<StateFile> open(const Path& folder) {
    StateFile state;
    state.path_ = folder / kExportedStateName;
    const Status read = state.before_.read(state.path_);
    if (!read && read.error().code != Errc::kNotFound) return read.error();
    RESTANTE_TRY(Descriptor opened, open_file(state.path_, O_WRONLY | O_CREAT | O_APPEND));
    state.file_ = std::move(opened);
    return state;
  }

  Status add(const Entry& entry) {
    const Told* const told = before_.find(entry.sha256);
    // An export that is repeated into one folder does not let the list grow.
    if (told != nullptr && told->flags == entry.flags && told->arrived == entry.arrived)
      return ok();
    pending_ += exported_state_line(entry.sha256, entry.flags, entry.arrived);
    return pending_.size() < kBufferBytes ? ok() : flush();
  }

  Status finish() {
    RESTANTE_CHECKED(flush());
    return sync_data(file_, path_);
  }

 private:
  Status flush() {
    RESTANTE_CHECKED(write_all(file_, pending_, path_));
    pending_.clear();
    return ok();
  }

  Path path_;
  ExportedState before_;
  Descriptor file_;
  std::string pending_;
};

/// Files in folders: eml with the octets as received, Maildir with the archive's own. Their times
/// are when the messages arrived.
class FolderExporter : public Exporter {
 public:
  FolderExporter(Path folder, std::optional<StateFile> state)
      : folder_(std::move(folder)), state_(std::move(state)) {}

  Result<Given> add(const Path& archive, const Entry& entry) override {
    const Path source = file_of(archive, entry);
    RESTANTE_TRY(const Judged judged, judge_file(source, entry.sha256));
    if (state_) RESTANTE_CHECKED(state_->add(entry));
    const Path target = folder_ / (state_ ? Path(eml_name(entry)) : maildir_name(entry));
    RESTANTE_TRY(const Descriptor file, new_file(target));
    const OctetSink sink = [&](std::string_view octets) { return write_all(file, octets, target); };
    Status written = state_ ? send_received(source, judged.form, sink) : send_file(source, sink);
    if (written) written = set_time(file, target, entry.arrived);
    if (written) written = sync_data(file, target);
    // Half a message would pass for a whole one.
    if (!written) {
      static_cast<void>(remove_file(target));
      return std::move(written).error();
    }
    return judged.damaged ? Given::kDamaged : Given::kWhole;
  }

  Status finish() override {
    if (state_) RESTANTE_CHECKED(state_->finish());
    return sync_folder(folder_);
  }

 private:
  static Status set_time(const Descriptor& file, const Path& path, std::int64_t seconds) {
    const std::array<timespec, 2> times = {{{0, UTIME_OMIT}, {seconds, 0}}};
    return ::futimens(file.number(), times.data()) == 0 ? ok()
                                                        : Status(system_error("futimens", path));
  }

  /// Messages with the same octets have one file in the archive; here each has its own.
  static Path maildir_name(const Entry& entry) {
    const Path name(entry.name);
    if (entry.copy == 1) return name;
    return name.parent_path() / fmt::format("copy-{}.{}", entry.copy, name.filename().string());
  }

  const Path folder_;
  std::optional<StateFile> state_;  // Of single files; a Maildir has it in its names.
};

}  // namespace

Result<std::unique_ptr<Exporter>> Exporter::open(ExportForm form, const Path& target) {
  if (form == ExportForm::kZip) return open_zip_exporter(target);
  if (form == ExportForm::kMbox) return open_mbox_exporter(target);
  if (form == ExportForm::kThunderbird) return open_thunderbird_exporter(target);
  RESTANTE_CHECKED(make_folders(target));
  std::optional<StateFile> state;
  if (form == ExportForm::kMaildir) {
    for (const char* const part : {"cur", "new", "tmp"})
      RESTANTE_CHECKED(make_folders(target / part));
  } else {
    RESTANTE_TRY(StateFile opened, StateFile::open(target));
    state = std::move(opened);
  }
  return std::unique_ptr<Exporter>(new FolderExporter(target, std::move(state)));
}

std::string safe_file_name(std::string_view name, std::size_t bytes_max) {
  // The signs that separate folders on any system, and those that Windows or a shell would trip
  // over.
  constexpr std::string_view kForbidden = "/\\:*?\"<>|";
  std::string safe;
  std::string_view rest = name;
  while (!rest.empty()) {
    const char32_t character = text::take_character(rest);
    // Directions can be turned round to hide what a file is: "exe.txt" from "txt.exe".
    const bool turns = (character >= 0x200E && character <= 0x200F) ||
                       (character >= 0x202A && character <= 0x202E) ||
                       (character >= 0x2066 && character <= 0x2069);
    const bool forbidden = character < 0x20 || (character >= 0x7F && character < 0xA0) || turns ||
                           (character < 0x80 && kForbidden.find(static_cast<char>(character)) !=
                                                    std::string_view::npos);
    if (forbidden) {
      safe += '_';
    } else {
      text::append_character(safe, character);
    }
  }
  // Hidden files, names that Windows cuts, and what a command would take for an option.
  while (safe.starts_with('.') || safe.starts_with(' ') || safe.starts_with('-'))
    safe.erase(safe.begin());
  if (safe.size() > bytes_max) {
    // The ending says what it is.
    const std::size_t dot = safe.rfind('.');
    const bool has_ending = dot != std::string::npos && safe.size() - dot <= 12;
    const std::string ending = has_ending ? safe.substr(dot) : "";
    safe =
        std::string(text::cut_utf8(safe, bytes_max - std::min(ending.size(), bytes_max))) + ending;
  }
  // Windows drops these without a word, and two files would have one name.
  while (safe.ends_with('.') || safe.ends_with(' ')) safe.pop_back();
  return safe.empty() ? "unnamed" : safe;
}

std::string eml_name(const Entry& entry) {
  namespace ch = std::chrono;
  const ch::sys_seconds time{ch::seconds(entry.date)};
  const auto day = ch::floor<ch::days>(time);
  // UTC: the name is the same wherever the export is made.
  const ch::year_month_day ymd(day);
  const ch::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}{:02} {}.{}.eml", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock.hours().count(), clock.minutes().count(),
                     safe_file_name(entry.subject, kSubjectBytesMax),
                     message_key(entry.sha256, entry.copy));
}

}  // namespace restante::archive
