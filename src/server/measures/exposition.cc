#include "server/measures/exposition.h"

#include <fmt/format.h>

#include <iterator>

namespace restante::server {
namespace {

constexpr std::string_view kTotal = "_total";

std::string_view to_text(MetricType type) {
  switch (type) {
    case MetricType::kCounter: return "counter";
    case MetricType::kGauge: return "gauge";
    case MetricType::kHistogram: return "histogram";
  }
  return "untyped";
}

void append_label(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    out += c;
  }
}

/// "0.0025", without a tail of zeros, so that the same bucket has the same name for ever.
std::string seconds_text(std::chrono::nanoseconds span) {
  std::string out =
      fmt::format("{}.{:09}", span.count() / 1'000'000'000, span.count() % 1'000'000'000);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out += '0';
  return out;
}

}  // namespace

ExpositionFormat exposition_format(std::string_view accept) {
  return accept.find("application/openmetrics-text") != std::string_view::npos
             ? ExpositionFormat::kOpenMetrics
             : ExpositionFormat::kPrometheus;
}

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

void Exposition::begin(const MetricFamily& family) {
  name_ = family.name;
  // OpenMetrics names a counter's family without the end that its rows have.
  std::string_view head = family.name;
  if (format_ == ExpositionFormat::kOpenMetrics && family.type == MetricType::kCounter)
    head.remove_suffix(kTotal.size());
  fmt::format_to(std::back_inserter(out_), "# HELP {0} {1}\n# TYPE {0} {2}\n", head, family.help,
                 to_text(family.type));
}

void Exposition::labels(Labels labels) {
  if (labels.size() == 0) return;
  char before = '{';
  for (const auto& [name, value] : labels) {
    out_ += std::exchange(before, ',');
    out_ += name;
    out_ += "=\"";
    append_label(out_, value);
    out_ += '"';
  }
  out_ += '}';
}

void Exposition::row(Labels labels, std::uint64_t value) {
  out_ += name_;
  this->labels(labels);
  fmt::format_to(std::back_inserter(out_), " {}\n", value);
}

void Exposition::row_of_seconds(Labels labels, std::chrono::nanoseconds value) {
  out_ += name_;
  this->labels(labels);
  out_ += ' ';
  out_ += seconds_text(value);
  out_ += '\n';
}

void Exposition::row(Labels labels, const Histogram& histogram) {
  std::string own;
  for (const auto& [name, value] : labels) {
    own += name;
    own += "=\"";
    append_label(own, value);
    own += "\",";
  }
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
    const bool last = i == Histogram::kBounds.size();
    count += histogram.in_bucket(i);
    fmt::format_to(std::back_inserter(out_), "{}_bucket{{{}le=\"{}\"}} {}\n", name_, own,
                   last ? "+Inf" : seconds_text(Histogram::kBounds[i]), count);
  }
  const std::string name = name_;
  name_ = name + "_sum";
  row_of_seconds(labels, histogram.sum());
  name_ = name + "_count";
  row(labels, count);
  name_ = name;
}

std::string Exposition::finish() && {
  if (format_ == ExpositionFormat::kOpenMetrics) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace restante::server
