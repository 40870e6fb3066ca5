// What was deleted and can still be brought back. Callable from any thread.
#pragma once

#include <mutex>
#include <optional>

#include "maildrop/store.h"

namespace restante::server {

class KeptMeasure {
 public:
  void set(const std::optional<maildrop::Usage>& kept) {
    const std::lock_guard lock(mutex_);
    kept_ = kept;
  }
  /// nullopt: not known, or not known yet.
  [[nodiscard]] std::optional<maildrop::Usage> get() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<maildrop::Usage> kept_;
};

}  // namespace restante::server
