// Compares every stored message with its checksum in the background, so that rot is found while a
// backup still has the good octets. One thread, at a set pace, never on an event loop: one pass
// over all maildrops in maildrop.scrub_interval, which a restart goes on with.
#pragma once

#include <filesystem>
#include <functional>
#include <thread>

#include "server/common/pacer.h"
#include "server/common/services.h"
#include "server/upkeep/scrub_progress.h"

namespace restante::server {

class Scrub {
 public:
  /// Reads a maildrop whole; how many damaged places it has, each of which it has logged. Errors:
  /// kNotFound (there is none any more), kClosed (`pace` said stop), others.
  using Check =
      std::function<Result<std::uint64_t>(const std::string& account, const maildrop::Pace& pace)>;

  /// The references are not owned and outlive the scrub. `progress` is the file for it.
  Scrub(Services& services, const SettingsHolder& settings, std::filesystem::path progress,
        Check check)
      : services_(services),
        settings_(settings),
        path_(std::move(progress)),
        check_(std::move(check)) {}
  ~Scrub() { stop(); }
  Scrub(const Scrub&) = delete;
  Scrub& operator=(const Scrub&) = delete;

  /// Errors: kLimit: it has no thread.
  Status start();
  /// Ends the work under way at once, and waits for that.
  void stop();
  /// The settings have changed. Callable from any thread.
  void reconsider() { wakeup_.wake(); }

  /// Begins a pass, or goes on with one, when it is time for that, and says for how long there is
  /// nothing to do then. The thread's work; for tests without it.
  std::chrono::milliseconds turn();

 private:
  void pass(ScrubProgress progress);
  bool check(const std::string& account);
  bool pace(std::uint64_t bytes);
  void save(const ScrubProgress& progress) const;

  Services& services_;
  const SettingsHolder& settings_;
  const std::filesystem::path path_;
  const Check check_;
  Wakeup wakeup_;
  Budget budget_;
  std::thread thread_;
};

}  // namespace restante::server
