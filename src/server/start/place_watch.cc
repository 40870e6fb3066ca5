#include "server/start/place_watch.h"

#include "base/thread.h"
#include "server/common/log.h"
#include "server/start/installation.h"

namespace restante::server {
namespace {

// Short, because mail that is stored on the wrong file system is lost to its owner.
constexpr auto kInterval = std::chrono::seconds(1);
constexpr auto kToldAgain = std::chrono::minutes(1);

}  // namespace

Status PlaceWatch::check() {
  Status found = check_installation(data_dir_, id_);
  if (!found || is_lost()) tell(found);
  return found;
}

void PlaceWatch::tell(const Status& found) {
  const std::lock_guard lock(mutex_);
  const bool was_lost = lost_.exchange(!found, std::memory_order_relaxed);
  if (gauge_ == nullptr) return;  // A tool reports it in its own words.
  gauge_->set(found ? 0 : 1);
  const auto now = std::chrono::steady_clock::now();
  if (found) {
    if (was_lost) spdlog::warn("data_dir is back path={}", for_log(data_dir_.native()));
  } else if (!was_lost || !told_ || now - *told_ >= kToldAgain) {
    told_ = now;
    spdlog::critical(
        "data_dir lost path={} reason={} until=\"it is back: logins and mail are refused\"",
        for_log(data_dir_.native()), for_log(found.error().detail));
  }
}

Status PlaceWatch::start(Counter& gauge) {
  {
    const std::lock_guard lock(mutex_);
    gauge_ = &gauge;
  }
  static_cast<void>(check());
  RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
  thread_ = std::move(thread);
  return ok();
}

void PlaceWatch::stop() {
  wakeup_.stop();
  if (thread_.joinable()) thread_.join();
}

void PlaceWatch::run() {
  while (wakeup_.pause_until(std::chrono::steady_clock::now() + kInterval))
    static_cast<void>(check());
}

}  // namespace restante::server
