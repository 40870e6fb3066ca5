#include "server/upkeep/scrub_progress.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "files/file.h"

namespace restante::server {
namespace {

constexpr std::string_view kBegan = "began=";
constexpr std::string_view kDone = " done=";
constexpr std::size_t kFileBytesMax = 4096;  // Two lines, one of them an account.

}  // namespace

std::string to_text(const ScrubProgress& progress) {
  return fmt::format("{}{}{}{:d}\n{}\n", kBegan, progress.began.time_since_epoch().count(), kDone,
                     progress.done, progress.last_maildrop);
}

std::optional<ScrubProgress> parse_scrub_progress(std::string_view text) {
  const std::size_t line_end = text.find('\n');
  const std::string_view first = text.substr(0, line_end);
  const std::size_t done_at = first.find(kDone);
  // A file that was cut off has no second line: the pass begins anew then, which only costs
  // reading.
  if (!first.starts_with(kBegan) || done_at == std::string_view::npos || !text.ends_with('\n') ||
      text.size() < line_end + 2)
    return std::nullopt;
  const auto milliseconds =
      parse_decimal<std::uint64_t>(first.substr(kBegan.size(), done_at - kBegan.size()));
  const auto done = parse_decimal<std::uint32_t>(first.substr(done_at + kDone.size()));
  if (!milliseconds || *milliseconds > 1ULL << 62 || !done || *done > 1) return std::nullopt;
  ScrubProgress progress;
  progress.began = WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(*milliseconds)));
  progress.done = *done == 1;
  progress.last_maildrop = text.substr(line_end + 1, text.size() - line_end - 2);
  return progress;
}

std::optional<ScrubProgress> load_progress(const std::filesystem::path& path) {
  const auto text = files::read_file(path, kFileBytesMax);
  return text ? parse_scrub_progress(*text) : std::nullopt;
}

Status save_progress(const std::filesystem::path& path, const ScrubProgress& progress) {
  return files::as_io(files::replace_durably(path, to_text(progress)));
}

}  // namespace restante::server
