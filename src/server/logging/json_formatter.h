// spdlog's lines as JSON objects.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace restante::server {

class JsonFormatter : public spdlog::formatter {
 public:
  /// `end`: what stands behind each object.
  explicit JsonFormatter(std::string end) : end_(std::move(end)) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override;
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>(end_);
  }

 private:
  const std::string end_;
};

}  // namespace restante::server
