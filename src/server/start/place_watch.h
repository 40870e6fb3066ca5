// Looks whether data_dir and its maildrops are still the ones that were in use, at a steady pace
// and whenever the store asks; says so in the log and in a gauge when they are gone, and when they
// are back. Until then the store refuses everything, and begins nothing.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "maildrop/store_place.h"
#include "server/common/metrics.h"
#include "server/common/pacer.h"

namespace restante::server {

class PlaceWatch final : public maildrop::StorePlace {
 public:
  /// `id`: the installation that it belongs to (installation.h).
  PlaceWatch(std::filesystem::path data_dir, std::string id)
      : data_dir_(std::move(data_dir)), id_(std::move(id)) {}
  ~PlaceWatch() override { stop(); }
  PlaceWatch(const PlaceWatch&) = delete;
  PlaceWatch& operator=(const PlaceWatch&) = delete;

  Status check() override;

  /// From now on it is looked at each second, and `gauge`, which outlives this, says the outcome.
  /// Errors: kLimit: it has no thread.
  Status start(Counter& gauge);
  void stop();

 private:
  void run();
  void tell(const Status& found);

  const std::filesystem::path data_dir_;
  const std::string id_;
  std::mutex mutex_;  // Of what was told.
  std::optional<std::chrono::steady_clock::time_point> told_;
  Counter* gauge_ = nullptr;
  Wakeup wakeup_;
  std::thread thread_;
};

}  // namespace restante::server
