#include "archive/message/message_date.h"

namespace restante::archive {
namespace {

// A sender's clock may be wrong, but not by more than that.
constexpr std::int64_t kFutureSecondsMax = std::int64_t{2} * 86400;
// 1980: no server wrote a Received field before it.
constexpr std::int64_t kFirstReceived = 315'532'800;

}  // namespace

std::int64_t message_date(const Headers& headers, std::int64_t arrived) {
  const std::int64_t last = arrived + kFutureSecondsMax;
  if (headers.date && *headers.date <= last) return *headers.date;
  for (const std::int64_t received : headers.received)
    if (received >= kFirstReceived && received <= last) return received;
  return arrived;
}

}  // namespace restante::archive
