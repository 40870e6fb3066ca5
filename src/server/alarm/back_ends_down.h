// The back ends of accounts that do not answer at the moment, as they say it themselves.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "accounts/outage.h"

namespace restante::server {

/// Callable from any thread.
class BackEndsDown {
 public:
  void note(const accounts::OutageNews& news) {
    const std::lock_guard lock(mutex_);
    if (news.kind == accounts::OutageNews::Kind::kBack) down_.erase(news.where);
    if (news.kind == accounts::OutageNews::Kind::kDown) down_[news.where] = news.reason;
  }
  /// From where to why.
  [[nodiscard]] std::map<std::string, std::string> all() const {
    const std::lock_guard lock(mutex_);
    return down_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> down_;
};

}  // namespace restante::server
