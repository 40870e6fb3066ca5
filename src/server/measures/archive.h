// The archive account: how many mails it took, and why it took the last one not. Callable from any
// thread.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "server/measures/counter.h"

namespace restante::server {

class ArchiveMeasure {
 public:
  void fail(std::string reason) {
    failed.add();
    const std::lock_guard lock(mutex_);
    reason_ = std::move(reason);
  }
  /// Of the last failure: "archive@example.com: over quota". Empty: there was none.
  [[nodiscard]] std::string reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

  Counter done;
  Counter failed;  ///< Mails whose senders were told to try again.

 private:
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace restante::server
