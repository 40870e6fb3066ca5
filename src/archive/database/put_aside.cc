#include "archive/database/put_aside.h"

#include <algorithm>
#include <functional>

#include "archive/database/salvage.h"
#include "archive/mailbox/account_lock.h"
#include "base/clock.h"

namespace restante::archive {
namespace {

constexpr std::string_view kBegin = "restante.db.damaged-";
constexpr std::string_view kTaken = ".taken";
constexpr const char* kBeside[] = {"-wal", "-shm"};

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Behind "damaged-"; empty: another file.
std::string_view number_in(std::string_view name) {
  if (!name.starts_with(kBegin)) return {};
  name.remove_prefix(kBegin.size());
  if (name.ends_with(kTaken)) name.remove_suffix(kTaken.size());
  return is_digits(name) ? name : std::string_view();
}

}  // namespace

Result<std::vector<Path>> put_aside(const Path& archive, Aside which) {
  const auto names = names_in(state_folder(archive));
  if (!names && names.error().code == Errc::kNotFound) return std::vector<Path>();
  if (!names) return names.error();
  std::vector<std::string> found;
  for (const std::string& name : *names) {
    const bool is_wanted = which == Aside::kAll || !name.ends_with(kTaken);
    if (is_wanted && !number_in(name).empty()) found.push_back(name);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<Path> paths;
  for (const std::string& name : found) paths.push_back(state_folder(archive) / name);
  return paths;
}

Path free_name_aside(const Path& archive) {
  auto seconds =
      std::chrono::floor<std::chrono::seconds>(system_clock().now()).time_since_epoch().count();
  std::error_code ignored;
  for (;; ++seconds) {
    const Path path = state_folder(archive) / (std::string(kBegin) + std::to_string(seconds));
    const Path taken = path.string() + std::string(kTaken);
    if (!std::filesystem::exists(path, ignored) && !std::filesystem::exists(taken, ignored))
      return path;
  }
}

Result<Path> mark_as_taken(const Path& aside) {
  const Path taken = aside.string() + std::string(kTaken);
  for (const char* const ending : kBeside) {
    const Status moved = rename_file(aside.string() + ending, taken.string() + ending);
    if (!moved && moved.error().code != Errc::kNotFound) return moved.error();
  }
  const Status moved = rename_file(aside, taken);
  if (!moved && moved.error().code != Errc::kNotFound) return moved.error();
  RESTANTE_CHECKED(sync_folder(aside.parent_path()));
  return taken;
}

Result<std::vector<std::string>> take_over_put_aside(Database& database, const Path& archive) {
  std::vector<std::string> told;
  RESTANTE_TRY(const auto waiting, put_aside(archive, Aside::kWaiting));
  for (const Path& aside : waiting) {
    std::error_code ignored;
    // Of a run that was killed while the old one had two names.
    if (std::filesystem::equivalent(aside, Database::file_of(archive), ignored)) {
      RESTANTE_CHECKED(remove_file(aside));
      continue;
    }
    const auto salvaged = salvage_file(aside, database, Numbers::kFresh);
    const bool is_unreadable =
        !salvaged && (salvaged.error().code == Errc::kAuth || salvaged.error().code == Errc::kIo);
    if (is_unreadable) {
      told.push_back("what a database that was put aside knows is not known: " +
                     salvaged.error().detail);
      continue;
    }
    if (!salvaged) return salvaged.error();
    RESTANTE_TRY(const Path taken, mark_as_taken(aside));
    if (salvaged->uids > 0)
      told.push_back(std::to_string(salvaged->uids) +
                     " unique ids were known only to a damaged "
                     "database that was put aside, and are known again; it is now " +
                     taken.string());
  }
  return told;
}

}  // namespace restante::archive
