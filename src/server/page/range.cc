#include "server/page/range.h"

#include <algorithm>

namespace restante::server::page {
namespace {

void join(std::optional<double>& whole, double part, history::Kind kind) {
  switch (kind) {
    case history::Kind::kSum: whole = whole.value_or(0) + part; return;
    case history::Kind::kLast: whole = part; return;
    case history::Kind::kMost: whole = std::max(whole.value_or(part), part); return;
  }
}

}  // namespace

std::optional<Range> find_range(std::string_view name) {
  for (const RangeInfo& info : kRanges)
    if (info.name == name) return info.range;
  return std::nullopt;
}

Window window_of(Range range, WallTime now) {
  const RangeInfo& info = info_of(range);
  const std::chrono::seconds fine = history::info_of(info.resolution).span;
  Window window;
  window.period = fine * static_cast<std::int64_t>(info.group);
  window.to = WallTime(std::chrono::seconds(history::begin_of(info.resolution, now)) + fine);
  window.from = window.to - window.period * static_cast<std::int64_t>(info.periods);
  return window;
}

std::vector<std::optional<double>> joined(const std::vector<history::Point>& points,
                                          std::size_t group, history::Kind kind) {
  std::vector<std::optional<double>> out((points.size() + group - 1) / group);
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].value) join(out[i / group], static_cast<double>(*points[i].value), kind);
  return out;
}

}  // namespace restante::server::page
