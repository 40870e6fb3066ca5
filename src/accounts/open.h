// Opens the accounts' back end by its settings; the one place that knows which there are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/names.h"
#include "base/clock.h"

namespace restante::accounts {

enum class Backend : std::uint8_t { kSqlite, kPasswdFile };

struct BackendSettings {
  Backend backend = Backend::kSqlite;
  std::filesystem::path path;     ///< The database, or the passwd-file.
  std::filesystem::path aliases;  ///< passwd-file only; may be empty.
  NameRules names;
  /// Told of a changed passwd-file that cannot be read, from whichever thread noticed; may be
  /// empty.
  std::function<void(const Error&)> report;
};

/// A database that is not there yet is made, mode 0600. `clock` is not owned and outlives it.
/// Errors: kIo, kCorrupt (not a database of ours, or of a newer version), kSyntax (a passwd-file
/// with mistakes: one line FILE:LINE: what each, in the detail).
Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock);
/// The same for the write side.
Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock);

}  // namespace restante::accounts
