#include "server/housekeeping.h"

#include "server/log.h"

namespace restante::server {

void Housekeeping::start() {
  thread_ = std::thread([this] { run(); });
}

void Housekeeping::stop() {
  wakeup_.stop();
  if (!thread_.joinable()) return;
  thread_.join();
  round();
}

void Housekeeping::run() {
  while (!wakeup_.stopped()) {
    round();
    wakeup_.wait_until(std::chrono::steady_clock::now() +
                       settings_.get()->config.tls.watch_interval);
  }
}

void Housekeeping::round() {
  certificates_.look();
  if (const Status saved = services_.directory.save_device_uses(); !saved)
    spdlog::warn("accounts: last use of devices not saved, tried again reason={}",
                 for_log(saved.error().message()));
}

}  // namespace restante::server
