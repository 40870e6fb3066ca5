#include "server/page/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "server/page/html.h"

namespace restante::server::page {
namespace {

// In the picture's own units; it is shown as wide as there is room.
constexpr double kWidth = 720;
constexpr double kHeight = 200;
constexpr double kLeft = 80;
constexpr double kRight = 8;
constexpr double kTop = 10;
constexpr double kBottom = 24;
constexpr double kColumnMin = 1;
// Narrower columns touch each other: gaps would be all that is seen.
constexpr double kGapFrom = 5;

double total_of(const Plot& plot, std::size_t period) {
  double total = 0;
  for (const Series& one : plot.series) total += one.values.at(period).value_or(0);
  return total;
}

class Picture {
 public:
  explicit Picture(const Plot& plot) : plot_(plot) {
    double most = 0;
    for (std::size_t i = 0; i < plot.periods; ++i) most = std::max(most, total_of(plot, i));
    ticks_ = ticks(most, plot.unit);
  }

  std::string draw() {
    put(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth, kHeight,
        escaped(plot_.title));
    draw_values();
    draw_times();
    for (std::size_t i = 0; i < plot_.periods; ++i) draw_period(i);
    return out_ + "</svg>\n";
  }

 private:
  template <typename... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  [[nodiscard]] double x_of(double period) const {
    return kLeft + (kWidth - kLeft - kRight) * period / static_cast<double>(plot_.periods);
  }
  [[nodiscard]] double height_of(double value) const {
    return (kHeight - kTop - kBottom) * value / ticks_.back();
  }
  [[nodiscard]] static double floor() { return kHeight - kBottom; }

  void draw_values() {
    for (const double tick : ticks_) {
      const double y = floor() - height_of(tick);
      put(R"(<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>)", kLeft, kWidth - kRight,
          y, y);
      put(R"(<text x="{}" y="{:.1f}" text-anchor="end">{}</text>)", kLeft - 6, y + 4,
          in_unit(tick, plot_.unit));
    }
  }

  void draw_times() {
    const auto length = plot_.period * static_cast<std::int64_t>(plot_.periods);
    for (const TimeTick& tick : time_ticks(plot_.from, plot_.from + length)) {
      const double share = std::chrono::duration<double>(tick.time - plot_.from) / length;
      const double x = x_of(share * static_cast<double>(plot_.periods));
      put(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>)", x, x, floor(),
          floor() + 4);
      put(R"(<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>)", std::min(x, kWidth - 24),
          kHeight - 6, tick.text);
    }
  }

  void draw_period(std::size_t i) {
    const double x = x_of(static_cast<double>(i));
    const double width = x_of(static_cast<double>(i) + 1) - x;
    put(R"(<g class="period">)");
    put(R"(<title>{}</title>)", escaped(words_of(i)));
    put(R"(<rect class="all" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>)", x, kTop, width,
        floor() - kTop);
    double y = floor();
    for (const Series& one : plot_.series) {
      const double value = one.values.at(i).value_or(0);
      if (value <= 0) continue;
      const double height = std::max(kColumnMin, height_of(value));
      y -= height;
      put(R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", one.colour,
          x, y, plot_.is_area || width < kGapFrom ? width : width - 1, height);
    }
    put("</g>");
  }

  /// "2026-11-30 14:15: 12 good, 1 failed".
  [[nodiscard]] std::string words_of(std::size_t i) const {
    std::string text = moment(plot_.from + plot_.period * static_cast<std::int64_t>(i)) + ": ";
    const bool is_known = std::any_of(plot_.series.begin(), plot_.series.end(),
                                      [&](const Series& one) { return one.values.at(i); });
    if (!is_known) return text + "not known";
    bool is_first = true;
    for (const Series& one : plot_.series) {
      if (!one.values.at(i)) continue;
      if (!is_first) text += ", ";
      is_first = false;
      text += in_unit(*one.values.at(i), plot_.unit) + " " + one.name;
    }
    return text;
  }

  const Plot& plot_;
  std::vector<double> ticks_;
  std::string out_;
};

}  // namespace

std::string svg(const Plot& plot) { return plot.periods == 0 ? "" : Picture(plot).draw(); }

}  // namespace restante::server::page
