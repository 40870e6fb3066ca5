#include "archive/care/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/cells.h"
#include "text/html/html_clean.h"

namespace restante::archive {
namespace {

constexpr std::size_t kNameColumnsMax = 32;

std::string cut_to(std::string_view text, std::size_t columns) {
  if (text::cells(text) <= columns) return std::string(text);
  return std::string(text::cut_to_cells(text, columns > 0 ? columns - 1 : 0)) + "…";
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t have = text::cells(text);
  return have < columns ? text + std::string(columns - have, ' ') : text;
}

std::uint64_t largest(const std::vector<Bar>& bars) {
  std::uint64_t most = 1;
  for (const Bar& bar : bars) most = std::max(most, bar.value);
  return most;
}

double share(std::uint64_t value, std::uint64_t most) {
  return static_cast<double>(value) / static_cast<double>(most);
}

}  // namespace

std::vector<std::string> bars_as_text(const std::vector<Bar>& bars, std::size_t columns) {
  std::size_t names = 0;
  std::size_t labels = 0;
  for (const Bar& bar : bars) {
    names = std::max(names, std::min(text::cells(bar.name), kNameColumnsMax));
    labels = std::max(labels, text::cells(bar.label));
  }
  const std::size_t around = names + labels + 4;
  // A narrow terminal breaks the lines; bars of nothing would say nothing.
  const std::size_t room = columns > around + 10 ? columns - around : 10;
  // A full block, and what is left of the last one in eighths.
  constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t most = largest(bars);
  std::vector<std::string> lines;
  for (const Bar& bar : bars) {
    auto eighths =
        static_cast<std::size_t>(share(bar.value, most) * static_cast<double>(room) * 8.0);
    // Something is never shown as nothing.
    if (bar.value > 0 && eighths == 0) eighths = 1;
    std::string blocks;
    for (std::size_t i = 0; i < eighths / 8; ++i) blocks += "█";
    blocks.append(kEighths[eighths % 8]);
    const std::string label = std::string(labels - text::cells(bar.label), ' ') + bar.label;
    lines.push_back(padded(cut_to(bar.name, kNameColumnsMax), names) + "  " + label + "  " +
                    blocks);
  }
  return lines;
}

std::string bars_as_svg(const std::vector<Bar>& bars, std::string_view title) {
  constexpr int kLine = 22;
  constexpr int kNames = 240;
  constexpr int kRoom = 420;
  constexpr int kLabels = 140;
  const int height = static_cast<int>(bars.size()) * kLine + 50;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n<title>{2}</title>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "<text x=\"10\" y=\"24\" font-size=\"16\" fill=\"#222222\">{2}</text>\n",
      kNames + kRoom + kLabels, height, text::escape_html(title));
  const std::uint64_t most = largest(bars);
  int y = 40;
  for (const Bar& bar : bars) {
    const double width = share(bar.value, most) * kRoom;
    svg += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#222222\">{}</text>\n"
        "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"#3b6ea5\"/>\n"
        "<text x=\"{:.1f}\" y=\"{}\" fill=\"#555555\">{}</text>\n",
        kNames - 8, y + 15, text::escape_html(cut_to(bar.name, kNameColumnsMax)), kNames, y + 3,
        // Names are senders' words: escaped, or they would be part of the picture.
        width, kLine - 6, kNames + width + 6, y + 15, text::escape_html(bar.label));
    y += kLine;
  }
  return svg + "</svg>\n";
}

}  // namespace restante::archive
