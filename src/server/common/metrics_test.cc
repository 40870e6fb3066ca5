#include "server/common/metrics.h"

#include <gmock/gmock.h>

namespace restante::server {
namespace {

TEST(Metrics, AreInThePrometheusFormat) {
  Metrics metrics;
  metrics.messages_delivered.add(3);
  metrics.connections_open.add();
  metrics.connections_open.subtract();
  Exposition page(ExpositionFormat::kPrometheus);
  metrics.write(page);
  const std::string text = std::move(page).finish();
  EXPECT_THAT(text, ::testing::HasSubstr("# TYPE restante_messages_delivered_total counter\n"
                                         "restante_messages_delivered_total 3\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("# TYPE restante_connections_open gauge\n"
                                         "restante_connections_open 0\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("\nrestante_smtp_refused_total{kind=\"syntax\"} 0\n"));
}

}  // namespace
}  // namespace restante::server
