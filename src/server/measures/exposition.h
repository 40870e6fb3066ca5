// The text of a metrics page: Prometheus's own format, and OpenMetrics for who asks for it
// (docs/decisions/021-own-exposition.md).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "server/measures/histogram.h"

namespace restante::server {

enum class ExpositionFormat : std::uint8_t { kPrometheus, kOpenMetrics };

/// What the page's `Accept` asks for: OpenMetrics only where it is named.
ExpositionFormat exposition_format(std::string_view accept);
/// The page's type.
std::string_view content_type(ExpositionFormat format);

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

/// What all rows of one name have in common. A counter's name ends in _total.
struct MetricFamily {
  std::string_view name;  ///< Whole: "restante_logins_total".
  MetricType type = MetricType::kCounter;
  std::string_view help;
};

class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Exposition(ExpositionFormat format) : format_(format) {}

  /// Begins a family; its rows follow.
  void begin(const MetricFamily& family);
  void row(std::uint64_t value) { row({}, value); }
  void row(Labels labels, std::uint64_t value);
  /// In units that have a fraction: seconds.
  void row_of_seconds(Labels labels, std::chrono::nanoseconds value);
  /// Of a family of histograms.
  void row(Labels labels, const Histogram& histogram);

  /// All of it; nothing may be added afterwards.
  [[nodiscard]] std::string finish() &&;

 private:
  void labels(Labels labels);

  ExpositionFormat format_;
  std::string name_;
  std::string out_;
};

}  // namespace restante::server
