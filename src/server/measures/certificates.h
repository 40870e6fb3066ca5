// When each certificate ends, by its file. Callable from any thread.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace restante::server {

class CertificateMeasure {
 public:
  struct Row {
    std::string file;
    WallTime ends{};
  };
  void set(std::vector<Row> rows) {
    const std::lock_guard lock(mutex_);
    rows_ = std::move(rows);
  }
  [[nodiscard]] std::vector<Row> get() const {
    const std::lock_guard lock(mutex_);
    return rows_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Row> rows_;
};

}  // namespace restante::server
