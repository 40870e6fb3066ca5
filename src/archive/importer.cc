#include "archive/importer.h"

#include <fcntl.h>

#include <algorithm>

#include "archive/file_name.h"
#include "archive/line_form.h"
#include "archive/mail_look.h"
#include "archive/mbox_import.h"
#include "archive/message_numbers.h"
#include "archive/sha256.h"
#include "archive/stored_message.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBatch = 64;

/// How many rows go into a transaction. Their keys are checksums: each row changes a page of its
/// own of an index, so that few at a time would write the index again and again as it grows.
std::size_t rows_together(std::size_t messages) {
  return std::clamp<std::size_t>(messages / 4, 1024, 32768);
}

/// A checksum in a file's name, as the archive's own exports have; else empty.
std::string checksum_in(std::string_view name) {
  for (std::size_t at = 0; at + kSha256HexBytes <= name.size(); ++at) {
    if (is_sha256(name.substr(at, kSha256HexBytes)))
      return std::string(name.substr(at, kSha256HexBytes));
  }
  return {};
}

Result<std::string> beginning_of(const Path& file) {
  RESTANTE_TRY(const Descriptor opened, open_file(file, O_RDONLY | O_NONBLOCK));
  std::string buffer(kLookBytes, '\0');
  RESTANTE_TRY(const std::string_view start, read_some(opened, buffer, file));
  buffer.resize(start.size());
  return buffer;
}

/// A message may begin with "From ", too, when somebody left mbox's line on it: its name tells.
bool is_mbox(const Path& file, std::string_view beginning) {
  return file.extension() != ".eml" && beginning.starts_with("From ") &&
         (looks_like_mbox(beginning) || looks_like_mail(beginning));
}

/// Exported from an archive: it was mail there, whatever it looks like.
bool is_exported(const Path& file) {
  const std::string name = file.filename().string();
  return (file.extension() == ".eml" && !checksum_in(name).empty()) || parse_file_name(name);
}

/// Somebody has called it a message, and it is text at least: some are without any header.
bool is_called_mail(const Path& file, std::string_view beginning) {
  constexpr std::size_t kEnough = 512;
  return file.extension() == ".eml" &&
         beginning.substr(0, kEnough).find('\0') == std::string_view::npos;
}

bool is_maildir(const Path& folder) {
  std::error_code ignored;
  return std::filesystem::is_directory(folder / "cur", ignored) &&
         std::filesystem::is_directory(folder / "new", ignored);
}

}  // namespace

Result<std::unique_ptr<Importer>> Importer::open(const Path& archive, std::string_view account) {
  RESTANTE_TRY(AccountLock lock, AccountLock::take(archive, account));
  RESTANTE_TRY(Mailbox mailbox, Mailbox::open(archive, account, Create::kYes));
  RESTANTE_TRY(Database database, Database::open(archive, Access::kCreate));
  std::unique_ptr<Importer> importer(
      new Importer(std::move(lock), std::move(database), std::move(mailbox)));
  RESTANTE_TRY(Catalog catalog, Catalog::open(importer->database_));
  importer->catalog_ = std::make_unique<Catalog>(std::move(catalog));
  RESTANTE_CHECKED(
      importer->database_.prepare("INSERT INTO imported "
                                  "(account, sha256, message_id, date, body_octets, body_lines) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                  importer->outline_));
  return importer;
}

Status Importer::add(const Path& source) {
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored))
    return is_maildir(source) ? add_maildir(source) : add_folder(source);
  return add_file(source);
}

Status Importer::add_file(const Path& file) {
  RESTANTE_TRY(const FileStamp stamp, stamp_of(file));
  if (!stamp.is_regular) return refuse(file, "no regular file");
  RESTANTE_TRY(const std::string beginning, beginning_of(file));
  if (is_mbox(file, beginning)) return add_mbox(file);
  const bool is_mail =
      looks_like_mail(beginning) || is_called_mail(file, beginning) || is_exported(file);
  if (!is_mail) return refuse(file, "no mail");
  return add_message(file, "");
}

Status Importer::refuse(const Path& file, std::string_view why) {
  ++imported_.failed;
  ++imported_.refused;
  if (on_failure)
    on_failure(Error(Errc::kSyntax, file.string() + ": " + std::string(why) + "; left out"));
  return ok();
}

Status Importer::add_folder(const Path& folder) {
  RESTANTE_TRY(std::vector<std::string> names, names_in(folder));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (name.starts_with('.') || is_stopped()) continue;
    std::error_code ignored;
    const Path each = folder / name;
    // It may lead back to a folder above.
    const bool is_link_to_folder =
        std::filesystem::is_symlink(each, ignored) && std::filesystem::is_directory(each, ignored);
    const Status added = is_link_to_folder ? refuse(each, "a link to a folder") : add(each);
    if (added) continue;
    // Trouble with one file is that file's; trouble with the archive ends the import.
    if (added.error().code == Errc::kFull || added.error().code == Errc::kState) return added;
    ++imported_.failed;
    if (on_failure) on_failure(added.error());
  }
  return ok();
}

Status Importer::add_maildir(const Path& folder) {
  for (const char* const part : {"new", "cur"}) {
    RESTANTE_TRY(std::vector<std::string> names, names_in(folder / part));
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name.starts_with('.') || is_stopped()) continue;
      const Path file = folder / part / name;
      const auto stamp = stamp_of(file);
      const bool is_message =
          !stamp || (stamp->is_regular && (stamp->bytes > 0 || is_exported(file)));
      RESTANTE_CHECKED(is_message ? add_message(file, flags_of(name))
                                  : refuse(file, "no regular file, or an empty one"));
    }
  }
  return ok();
}

Status Importer::add_message(const Path& file, std::string_view flags) {
  const auto sums = sums_of(file);
  if (!sums) {
    ++imported_.failed;
    if (on_failure) on_failure(sums.error());
    return ok();
  }
  const LineForm form =
      sums->form_for(checksum_in(file.filename().string())).value_or(sums->likely_form());
  RESTANTE_TRY(auto incoming, mailbox_.begin());
  OutlineReader outline;
  RESTANTE_CHECKED(send_received(file, form, [&](std::string_view octets) {
    outline.feed(octets);
    return incoming->write(octets);
  }));
  RESTANTE_CHECKED(incoming->finish());
  return take(std::move(incoming), sums->bytes, flags, outline.finish());
}

Status Importer::add_mbox(const Path& file) {
  MboxImport import(*this);
  return import.run(file);
}

Status Importer::take(std::unique_ptr<Incoming> incoming, std::uint64_t octets,
                      std::string_view flags, Outline outline) {
  batch_.push_back(std::move(incoming));
  flags_.emplace_back(flags);
  outlines_.push_back(std::move(outline));
  if (on_message && !on_message(octets)) stopped_ = true;
  return batch_.size() < kBatch ? ok() : flush();
}

Status Importer::flush() {
  if (batch_.empty()) return ok();
  std::vector<std::string> flags;
  flags.swap(flags_);
  std::vector<Outline> outlines;
  outlines.swap(outlines_);
  RESTANTE_TRY(std::vector<Kept> kept, mailbox_.keep(std::move(batch_)));
  batch_.clear();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    (kept[i].was_there ? imported_.there : imported_.added) += 1;
    if (kept[i].was_there || flags[i].empty()) continue;
    RESTANTE_TRY(const Place place, mailbox_.set_flags(kept[i].sha256, flags[i]));
    kept[i].name = place.name;
    kept[i].folder = place.folder;
  }
  for (std::size_t i = 0; i < kept.size(); ++i)
    kept_.emplace_back(std::move(kept[i]), std::move(outlines[i]));
  return kept_.size() < rows_together(mailbox_.size()) ? ok() : record();
}

Status Importer::record() {
  if (kept_.empty()) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const auto& [kept, outline] : kept_) {
    RESTANTE_CHECKED(catalog_->record_kept(mailbox_.account(), kept));
    RESTANTE_CHECKED(note_outline(kept, outline));
  }
  kept_.clear();
  return transaction->commit();
}

Status Importer::note_outline(const Kept& kept, const Outline& outline) {
  if (outline.message_id.empty()) return ok();
  outline_.bind(1, mailbox_.account());
  outline_.bind(2, kept.sha256);
  outline_.bind(3, outline.message_id);
  outline_.bind(4, outline.date);
  outline_.bind(5, static_cast<std::int64_t>(outline.body_octets));
  outline_.bind(6, static_cast<std::int64_t>(outline.body_lines));
  return outline_.run();
}

Result<Imported> Importer::finish() {
  RESTANTE_CHECKED(flush());
  RESTANTE_CHECKED(record());
  RESTANTE_CHECKED(synchronize(database_, mailbox_));
  RESTANTE_CHECKED(keep_numbers(database_, mailbox_.folder().parent_path()));
  return imported_;
}

}  // namespace restante::archive
