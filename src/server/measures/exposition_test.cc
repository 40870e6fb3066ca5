#include "server/measures/exposition.h"

#include <gmock/gmock.h>

namespace restante::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string text_of(const auto& fill, ExpositionFormat format = ExpositionFormat::kPrometheus) {
  Exposition page(format);
  fill(page);
  return std::move(page).finish();
}

TEST(Exposition, WritesRowsOfAFamily) {
  const auto fill = [](Exposition& page) {
    page.begin({"x_total", MetricType::kCounter, "Times."});
    page.row(3);
    page.begin({"y", MetricType::kGauge, "Now."});
    page.row({{"a", "1"}, {"b", "2"}}, 4);
  };
  EXPECT_EQ(text_of(fill),
            "# HELP x_total Times.\n# TYPE x_total counter\nx_total 3\n"
            "# HELP y Now.\n# TYPE y gauge\ny{a=\"1\",b=\"2\"} 4\n");
  EXPECT_EQ(text_of(fill, ExpositionFormat::kOpenMetrics),
            "# HELP x Times.\n# TYPE x counter\nx_total 3\n"
            "# HELP y Now.\n# TYPE y gauge\ny{a=\"1\",b=\"2\"} 4\n# EOF\n");
}

TEST(Exposition, EscapesLabels) {
  EXPECT_THAT(text_of([](Exposition& page) {
                page.begin({"y", MetricType::kGauge, "Now."});
                page.row({{"a", "\"\\\n}"}}, 1);
              }),
              HasSubstr("y{a=\"\\\"\\\\\\n}\"} 1\n"));
}

TEST(Exposition, AddsBucketsUp) {
  Histogram histogram;
  histogram.note(100us);  // Its bucket's end is in it.
  histogram.note(101us);
  histogram.note(30s);
  histogram.note(31s);
  histogram.note(-1s);  // A clock that goes back counts as no time.
  const std::string text = text_of([&histogram](Exposition& page) {
    page.begin({"h", MetricType::kHistogram, "Long."});
    page.row({{"a", "b"}}, histogram);
  });
  for (const char* const row :
       {"h_bucket{a=\"b\",le=\"0.0001\"} 2\n", "h_bucket{a=\"b\",le=\"0.00025\"} 3\n",
        "h_bucket{a=\"b\",le=\"1.0\"} 3\n", "h_bucket{a=\"b\",le=\"30.0\"} 4\n",
        "h_bucket{a=\"b\",le=\"+Inf\"} 5\n", "h_sum{a=\"b\"} 61.000201\n", "h_count{a=\"b\"} 5\n"})
    EXPECT_THAT(text, HasSubstr(row));
}

TEST(Exposition, GivesOpenMetricsToWhoAsks) {
  EXPECT_EQ(exposition_format(""), ExpositionFormat::kPrometheus);
  EXPECT_EQ(exposition_format("*/*"), ExpositionFormat::kPrometheus);
  EXPECT_EQ(exposition_format("text/plain;version=0.0.4"), ExpositionFormat::kPrometheus);
  EXPECT_EQ(exposition_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"),
            ExpositionFormat::kOpenMetrics);
}

TEST(Stopwatch, NotesTheTimeOfItsScope) {
  Histogram histogram;
  { const Stopwatch watch(histogram); }
  EXPECT_EQ(histogram.count(), 1U);
}

}  // namespace
}  // namespace restante::server
