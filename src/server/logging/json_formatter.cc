#include "server/logging/json_formatter.h"

#include <spdlog/common.h>
#include <spdlog/details/log_msg.h>

#include "base/clock.h"
#include "server/logging/log_fields.h"

namespace restante::server {

void JsonFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) {
  const auto level = spdlog::level::to_string_view(message.level);
  const WallTime time = std::chrono::floor<std::chrono::milliseconds>(message.time);
  const std::string line =
      json_line(to_rfc3339(time), std::string_view(level.data(), level.size()),
                std::string_view(message.payload.data(), message.payload.size())) +
      end_;
  out.append(line.data(), line.data() + line.size());
}

}  // namespace restante::server
