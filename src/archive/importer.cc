#include "archive/importer.h"

#include <fcntl.h>

#include <algorithm>

#include "archive/file_name.h"
#include "archive/line_form.h"
#include "archive/mbox_import.h"
#include "archive/sha256.h"
#include "archive/stored_message.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBatch = 64;

/// A checksum in a file's name, as the archive's own exports have; else empty.
std::string checksum_in(std::string_view name) {
  for (std::size_t at = 0; at + kSha256HexBytes <= name.size(); ++at) {
    if (is_sha256(name.substr(at, kSha256HexBytes)))
      return std::string(name.substr(at, kSha256HexBytes));
  }
  return {};
}

/// A message may begin with "From ", too, when somebody left mbox's line on it: its name tells.
Result<bool> is_mbox(const Path& file) {
  if (file.extension() == ".eml") return false;
  RESTANTE_TRY(const Descriptor opened, open_file(file, O_RDONLY));
  std::string buffer(5, '\0');
  RESTANTE_TRY(const std::string_view start, read_some(opened, buffer, file));
  return start == "From ";
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
  return importer;
}

Status Importer::add(const Path& source) {
  std::error_code ignored;
  if (std::filesystem::is_directory(source, ignored))
    return is_maildir(source) ? add_maildir(source) : add_folder(source);
  RESTANTE_TRY(const bool mbox, is_mbox(source));
  return mbox ? add_mbox(source) : add_message(source, "");
}

Status Importer::add_folder(const Path& folder) {
  RESTANTE_TRY(std::vector<std::string> names, names_in(folder));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (name.starts_with('.') || is_stopped()) continue;
    const Status added = add(folder / name);
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
      RESTANTE_CHECKED(add_message(folder / part / name, flags_of(name)));
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
  RESTANTE_CHECKED(
      send_received(file, form, [&](std::string_view octets) { return incoming->write(octets); }));
  RESTANTE_CHECKED(incoming->finish());
  return take(std::move(incoming), sums->bytes, flags);
}

Status Importer::add_mbox(const Path& file) {
  MboxImport import(*this);
  return import.run(file);
}

Status Importer::take(std::unique_ptr<Incoming> incoming, std::uint64_t octets,
                      std::string_view flags) {
  batch_.push_back(std::move(incoming));
  flags_.emplace_back(flags);
  if (on_message && !on_message(octets)) stopped_ = true;
  return batch_.size() < kBatch ? ok() : flush();
}

Status Importer::flush() {
  if (batch_.empty()) return ok();
  std::vector<std::string> flags;
  flags.swap(flags_);
  RESTANTE_TRY(std::vector<Kept> kept, mailbox_.keep(std::move(batch_)));
  batch_.clear();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    (kept[i].was_there ? imported_.there : imported_.added) += 1;
    if (kept[i].was_there || flags[i].empty()) continue;
    RESTANTE_TRY(const Place place, mailbox_.set_flags(kept[i].sha256, flags[i]));
    kept[i].name = place.name;
    kept[i].folder = place.folder;
  }
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Kept& one : kept) RESTANTE_CHECKED(catalog_->record_kept(mailbox_.account(), one));
  return transaction->commit();
}

Result<Imported> Importer::finish() {
  RESTANTE_CHECKED(flush());
  RESTANTE_CHECKED(synchronize(database_, mailbox_));
  return imported_;
}

}  // namespace restante::archive
