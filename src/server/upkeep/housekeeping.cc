#include "server/upkeep/housekeeping.h"

#include "base/thread.h"
#include "server/common/log.h"
#include "server/common/postmaster.h"

namespace restante::server {

Status Housekeeping::start() {
  RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
  thread_ = std::move(thread);
  return ok();
}

void Housekeeping::stop() {
  wakeup_.stop();
  if (!thread_.joinable()) return;
  thread_.join();
  // Once more, for the device uses of the last sessions.
  round();
}

void Housekeeping::look_for_postmaster() {
  const std::string warning = postmaster_warning(settings_.get()->config, services_.router);
  if (!warning.empty()) spdlog::warn("{}", warning);
}

void Housekeeping::run() {
  // A directory on this disk was asked at the start; one that is slow must not hold the start up.
  if (services_.directory.is_slow()) look_for_postmaster();
  while (!wakeup_.stopped()) {
    round();
    // The certificates set the pace, since they are what may change at any moment.
    wakeup_.wait_until(std::chrono::steady_clock::now() +
                       settings_.get()->config.tls.watch_interval);
  }
}

void Housekeeping::round() {
  certificates_.look();
  // Tried again with the next round; the figures stay in memory until then.
  if (const Status saved = services_.directory.save_device_uses(); !saved)
    spdlog::warn("accounts: last use of devices not saved, tried again reason={}",
                 for_log(saved.error().message()));
}

}  // namespace restante::server
