#include "server/alarm/told_troubles.h"

#include <algorithm>
#include <optional>

#include "base/numbers.h"
#include "files/file.h"

namespace restante::server {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20;

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// "1796000000 <tab> key <tab> what".
std::string line_of(const ToldTrouble& told) {
  std::string line = std::to_string(seconds_of(told.since)) + "\t" + told.key + "\t" + told.what;
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line + "\n";
}

std::optional<ToldTrouble> told_of(std::string_view line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto seconds = parse_decimal<std::uint32_t>(line.substr(0, first));
  if (!seconds) return std::nullopt;
  ToldTrouble told;
  told.key = line.substr(first + 1, second - first - 1);
  told.what = line.substr(second + 1);
  told.since = WallTime(std::chrono::seconds(*seconds));
  return told;
}

}  // namespace

ToldTroubles::ToldTroubles(std::filesystem::path file) : file_(std::move(file)) {
  if (file_.empty()) return;
  const auto text = files::read_file(file_, kFileBytesMax);
  if (!text) return;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // Of another hand: ours are whole.
    if (auto told = told_of(rest.substr(0, end))) told_.push_back(std::move(*told));
    rest.remove_prefix(end + 1);
  }
}

TroubleNews ToldTroubles::compare(const std::vector<Trouble>& now) const {
  TroubleNews news;
  for (const Trouble& trouble : now) {
    const bool known = std::any_of(told_.begin(), told_.end(), [&](const ToldTrouble& told) {
      return told.key == trouble.key();
    });
    if (!known) news.begun.push_back(trouble);
  }
  for (const ToldTrouble& told : told_) {
    const bool lasts = std::any_of(
        now.begin(), now.end(), [&](const Trouble& trouble) { return trouble.key() == told.key; });
    if (!lasts) news.over.push_back(told);
  }
  return news;
}

Status ToldTroubles::note(const TroubleNews& news, WallTime now) {
  std::erase_if(told_, [&](const ToldTrouble& told) {
    return std::any_of(news.over.begin(), news.over.end(),
                       [&](const ToldTrouble& over) { return over.key == told.key; });
  });
  for (const Trouble& trouble : news.begun) told_.push_back({trouble.key(), trouble.what, now});
  if (file_.empty()) return ok();
  std::string text;
  for (const ToldTrouble& told : told_) text += line_of(told);
  return files::replace_durably(file_, text);
}

}  // namespace restante::server
