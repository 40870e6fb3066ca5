// Keeps the history (src/history): once a minute it looks at what the server counts anyway, and
// writes by how much that has grown. One thread of its own: no session counts more for it, and mail
// waits for none of it. What a full or slow disk does not take is lost to the history alone.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "history/history.h"
#include "server/common/pacer.h"
#include "server/common/services.h"

namespace restante::server {

class HistoryKeeper {
 public:
  using Stopwatch = std::function<std::chrono::steady_clock::time_point()>;

  /// `services` is not owned and outlives the keeper. `free_min`: with less room on the disk
  /// nothing is written.
  HistoryKeeper(const Services& services, std::filesystem::path file, std::uint64_t free_min,
                Stopwatch stopwatch = std::chrono::steady_clock::now)
      : services_(services),
        file_(std::move(file)),
        free_min_(free_min),
        stopwatch_(std::move(stopwatch)) {}
  ~HistoryKeeper() { stop(); }
  HistoryKeeper(const HistoryKeeper&) = delete;
  HistoryKeeper& operator=(const HistoryKeeper&) = delete;

  /// How long what is deleted can be brought back: asked for each minute, for Measures::kept.
  void obey(std::function<std::chrono::seconds()> undelete_window) {
    undelete_window_ = std::move(undelete_window);
  }

  /// Errors: kLimit: it has no thread.
  Status start();
  /// Writes what the minute under way has so far, and ends.
  void stop();

  // What the thread does; for tests without it.

  /// Opens the file, or begins it anew, and what is counted counts from now on.
  void begin();
  /// A sample of what happened since the last one.
  void turn();
  /// To the end of this minute.
  [[nodiscard]] std::chrono::milliseconds to_wait() const;

 private:
  void run();
  void open();
  void lost(const Error& why);
  void measure_kept(WallTime now);
  [[nodiscard]] Status check_room() const;

  const Services& services_;
  const std::filesystem::path file_;
  const std::uint64_t free_min_;
  const Stopwatch stopwatch_;
  std::function<std::chrono::seconds()> undelete_window_;
  Wakeup wakeup_;
  std::optional<history::History> history_;
  std::map<history::Measure, std::uint64_t> before_;
  std::chrono::steady_clock::time_point since_{};
  bool fails_ = false;  // And a line has said so.
  std::thread thread_;
};

}  // namespace restante::server
