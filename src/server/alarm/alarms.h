// Looks on a thread of its own whether something is wrong, says it in the log, and tells the
// operator by a mail into a maildrop: once when it begins, and once when it is over.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "server/alarm/told_troubles.h"
#include "server/alarm/trouble_finder.h"
#include "server/common/pacer.h"
#include "server/common/services.h"

namespace restante::server {

class Alarms {
 public:
  /// None of it is owned; all of it outlives the alarms. What was told is read.
  Alarms(Services& services, const SettingsHolder& settings);
  ~Alarms() { stop(); }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

  /// Errors: kLimit: it has no thread.
  Status start();
  void stop();
  /// The settings have changed: looks at once. Callable from any thread.
  void reconsider() { wakeup_.wake(); }

  /// One look. What the thread does; for tests without it. Blocks for the disk.
  void look();
  /// What is wrong, as of the last look. Callable from any thread.
  [[nodiscard]] std::vector<Trouble> current() const;

 private:
  void run();
  [[nodiscard]] Facts facts() const;
  void check_receiver();
  void log(const TroubleNews& news) const;
  Status tell(const TroubleNews& news, WallTime now);

  Services& services_;
  const SettingsHolder& settings_;
  TroubleFinder finder_;
  ToldTroubles told_;
  ToldTroubles logged_;    ///< The same for the log, with or without an operator.
  SettingsPtr checked_;    ///< Those whose receiver was looked up.
  std::string complaint_;  ///< Why the operator could not be told, as it was logged.
  mutable std::mutex mutex_;
  std::vector<Trouble> current_;
  Wakeup wakeup_;
  std::thread thread_;
};

}  // namespace restante::server
