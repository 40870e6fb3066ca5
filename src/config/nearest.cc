#include "config/nearest.h"

#include <algorithm>
#include <vector>

namespace restante::config {
namespace {

// A longer name is no typing mistake, and the cost is quadratic.
constexpr std::size_t kNameBytesMax = 64;

/// Optimal string alignment distance: Levenshtein's, with the swap of two neighbours as one step.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> names) {
  std::string best;
  std::size_t best_distance = kNameBytesMax;
  if (name.size() > kNameBytesMax) return best;
  for (const std::string& candidate : names) {
    const std::size_t far = distance(name, candidate);
    // At most a third of the letters: another word would be a poor guess.
    if (far * 3 > candidate.size() || far >= best_distance) continue;
    best = candidate;
    best_distance = far;
  }
  return best;
}

}  // namespace restante::config
