#include "fetch/hand_on/mbox_mark.h"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/numbers.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::size_t kPieceBytes = 256U << 10;

std::string mark_name(std::string_view path) { return "hand_on.mbox " + std::string(path); }

std::optional<std::string> read_at(int file, off_t at, std::size_t bytes) {
  std::string octets(bytes, '\0');
  const ssize_t count = ::pread(file, octets.data(), bytes, at);
  if (count < 0) return std::nullopt;
  octets.resize(static_cast<std::size_t>(count));
  return octets;
}

/// "From " anywhere may be another program's message, glued to the half of ours.
bool may_have_another(int file, off_t at) {
  std::string kept;
  for (;;) {
    const auto piece = read_at(file, at, kPieceBytes);
    // In doubt nothing is cut: half a message in an mbox is a nuisance, a lost one is not.
    if (!piece) return true;
    if (piece->empty()) return false;
    at += static_cast<off_t>(piece->size());
    kept += *piece;
    if (kept.find(kFrom) != std::string::npos) return true;
    kept.erase(0, kept.size() - std::min(kept.size(), kFrom.size() - 1));
  }
}

}  // namespace

Result<std::optional<MboxMark>> read_mbox_mark(archive::Database& database, std::string_view path) {
  RESTANTE_TRY(archive::Statement query,
               database.prepare("SELECT value FROM meta WHERE name = ?1"));
  query.bind(1, mark_name(path));
  RESTANTE_TRY(const bool there, query.step());
  if (!there) return std::optional<MboxMark>();
  const std::string_view text = query.text(0);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto before = parse_decimal<std::uint64_t>(text.substr(0, blank));
  const auto after = parse_decimal<std::uint64_t>(text.substr(std::min(blank + 1, text.size())));
  if (!before || !after) return std::optional<MboxMark>();
  return std::optional(MboxMark{static_cast<off_t>(*before), static_cast<off_t>(*after)});
}

Status write_mbox_mark(archive::Database& database, std::string_view path, const MboxMark& mark) {
  RESTANTE_TRY(archive::Statement write,
               database.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)"));
  write.bind(1, mark_name(path));
  write.bind(2, fmt::format("{} {}", mark.before, mark.after));
  return write.run();
}

bool is_half_written(int file, const MboxMark& mark, off_t size) {
  // Nothing was written, or all of it: the run died before or after the append.
  if (size <= mark.before || size >= mark.after) return false;
  const auto first = static_cast<std::size_t>(
      std::min(size - mark.before, static_cast<off_t>(kMboxSeparator.size())));
  const auto begin = read_at(file, mark.before, first);
  if (!begin || *begin != kMboxSeparator.substr(0, first)) return false;
  return !may_have_another(file, mark.before + static_cast<off_t>(first));
}

}  // namespace restante::fetch
