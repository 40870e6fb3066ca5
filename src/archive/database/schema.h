// The tables of the archive's database, and how older ones are brought up to date. Each version is
// one step that is never changed once it was released; a new table or column is a new step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "archive/database/database.h"

namespace restante::archive {

/// Makes the tables, or adds what newer versions have. With Access::kRead it only checks.
/// Errors: kCorrupt (not ours, or newer than this program), kState (older, and only for reading).
Status bring_up_to_date(Database& database, const std::filesystem::path& file, Access access);

/// The SQL of each version, from an empty file on: for tests that begin with an old one.
std::span<const char* const> schema_steps();

}  // namespace restante::archive
