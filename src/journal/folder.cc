#include "journal/folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "files/errors.h"

namespace restante::journal {
namespace {

constexpr std::string_view kPrefix = "acts-";
constexpr std::string_view kEnding = "Z.jsonl";
constexpr std::string_view kForm = "ddddddddTdddddd";  // 20261130T102806
// A file's share of the limit: no more than this goes with the oldest file.
constexpr std::uint64_t kShares = 16;

std::optional<WallTime> begin_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kEnding)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kEnding.size());
  if (name.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? !is_digit(name[i]) : name[i] != kForm[i]) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    std::from_chars(name.data() + at, name.data() + at + digits, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(number(9, 2)) +
         std::chrono::minutes(number(11, 2)) + std::chrono::seconds(number(13, 2));
}

std::uint64_t size_of(const files::Path& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : size;
}

/// A power loss may have left half a line.
Status end_last_line(const files::Path& path) {
  RESTANTE_TRY(const files::Descriptor file, files::open_file(path, O_RDWR | O_APPEND));
  const off_t end = ::lseek(file.number(), 0, SEEK_END);
  char last = '\n';
  if (end > 0 && ::pread(file.number(), &last, 1, end - 1) != 1)
    return files::system_error("read", path);
  return last == '\n' ? ok() : files::write_all(file, "\n", path);
}

}  // namespace

std::string file_name(WallTime begins) {
  return fmt::format("{}{:%Y%m%dT%H%M%S}{}", kPrefix,
                     std::chrono::floor<std::chrono::seconds>(begins), kEnding);
}

Result<std::vector<ActsFile>> list_files(const files::Path& folder) {
  RESTANTE_TRY(const std::vector<std::string> names, files::names_in(folder));
  std::vector<ActsFile> found;
  for (const std::string& name : names)
    if (const auto begins = begin_of(name))
      found.push_back({folder / name, *begins, size_of(folder / name)});
  std::sort(found.begin(), found.end(),
            [](const ActsFile& a, const ActsFile& b) { return a.begins < b.begins; });
  return found;
}

Result<files::Descriptor> lock_folder(const files::Path& folder) {
  const files::Path path = folder / "lock";
  RESTANTE_TRY(files::Descriptor file, files::open_file(path, O_RDWR | O_CREAT));
  RESTANTE_CHECKED(files::lock_whole(file, files::WhenLocked::kWait, path));
  return file;
}

Result<files::Path> file_to_grow(const files::Path& folder, WallTime now, const Limits& limits) {
  RESTANTE_TRY(const std::vector<ActsFile> found, list_files(folder));
  const auto day = [](WallTime time) { return std::chrono::floor<std::chrono::days>(time); };
  // A clock that was set back goes on in the file of its future.
  const bool is_full = found.empty() || day(found.back().begins) < day(now) ||
                       found.back().octets >= limits.octets_max / kShares;
  if (is_full && (found.empty() || found.back().begins < now)) {
    const files::Path path = folder / file_name(now);
    RESTANTE_TRY(const files::Descriptor file, files::open_file(path, O_WRONLY | O_CREAT));
    return path;
  }
  RESTANTE_CHECKED(end_last_line(found.back().path));
  return found.back().path;
}

Status remove_old(const files::Path& folder, WallTime now, const Limits& limits) {
  RESTANTE_TRY(const std::vector<ActsFile> found, list_files(folder));
  std::uint64_t octets = 0;
  for (const ActsFile& file : found) octets += file.octets;
  for (std::size_t i = 0; i + 1 < found.size(); ++i) {
    // The next one's beginning is where this one ended.
    const bool is_old = found[i + 1].begins + limits.keep < now;
    if (!is_old && octets <= limits.octets_max) break;
    RESTANTE_CHECKED(files::remove_file(found[i].path));
    octets -= found[i].octets;
  }
  return ok();
}

Status check_room(const files::Path& folder, const Limits& limits) {
  std::error_code failure;
  const auto space = std::filesystem::space(folder, failure);
  if (failure)
    return Error(files::code_of(failure.value()), folder.string() + ": " + failure.message());
  if (space.available >= limits.free_min) return ok();
  return Error(Errc::kFull, folder.string() + ": the rest of the disk is for mail");
}

Status append(const files::Path& path, std::string_view lines) {
  RESTANTE_TRY(const files::Descriptor file, files::open_file(path, O_WRONLY | O_APPEND));
  const off_t before = ::lseek(file.number(), 0, SEEK_END);
  const Status written = files::write_all(file, lines, path);
  if (written) return ok();
  if (before >= 0 && ::ftruncate(file.number(), before) != 0)
    return files::system_error("truncate", path);
  return written;
}

}  // namespace restante::journal
