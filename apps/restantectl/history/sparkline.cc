#include "restantectl/history/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace restante::ctl {
namespace {

constexpr std::array<std::string_view, 8> kHeights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/// The values of each cell together.
std::vector<std::optional<double>> gather(const std::vector<std::optional<double>>& values,
                                          std::size_t cells) {
  std::vector<std::optional<double>> out(std::min(cells, values.size()));
  std::vector<double> counts(out.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    const std::size_t cell = i * out.size() / values.size();
    out[cell] = out[cell].value_or(0) + *values[i];
    counts[cell] += 1;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i]) *out[i] /= counts[i];
  return out;
}

}  // namespace

std::string sparkline(const std::vector<std::optional<double>>& values, std::size_t cells) {
  const auto means = gather(values, cells);
  double most = 0;
  for (const auto& mean : means) most = std::max(most, mean.value_or(0));
  std::string out;
  for (const auto& mean : means) {
    if (!mean) {
      out += ' ';
      continue;
    }
    const double share = most > 0 ? std::clamp(*mean / most, 0.0, 1.0) : 0;
    out += kHeights[static_cast<std::size_t>(std::lround(share * (kHeights.size() - 1)))];
  }
  return out;
}

}  // namespace restante::ctl
