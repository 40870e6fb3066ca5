#include "archive/exchange/import/importer.h"

#include <utility>

namespace restante::archive {

Importer::Importer(std::unique_ptr<Intake> intake) : intake_(std::move(intake)), walk_(*intake_) {
  intake_->on_failure = [this](const Error& error) {
    if (on_failure) on_failure(error);
  };
  intake_->on_message = [this](std::uint64_t octets) { return !on_message || on_message(octets); };
}

Result<std::unique_ptr<Importer>> Importer::open(const Path& archive, std::string_view account) {
  RESTANTE_TRY(std::unique_ptr<Intake> intake, Intake::open(archive, account));
  return std::unique_ptr<Importer>(new Importer(std::move(intake)));
}

Status Importer::add(const Path& source) { return walk_.add(source); }

Result<Imported> Importer::finish() {
  RESTANTE_CHECKED(intake_->finish());
  Imported imported;
  for (const ImportedFolder& folder : intake_->folders()) {
    imported.added += folder.added;
    imported.there += folder.there;
    imported.failed += folder.failed;
    imported.refused += folder.refused;
    imported.deleted += folder.deleted;
    const bool any = folder.added + folder.there + folder.failed + folder.deleted > 0;
    if (any) imported.folders.push_back(folder);
  }
  return imported;
}

}  // namespace restante::archive
