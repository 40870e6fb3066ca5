// Small regular work, on a thread of its own, so that no event loop waits for a file: certificates
// that have changed or are about to end, the last use of device passwords.
#pragma once

#include <thread>

#include "server/common/pacer.h"
#include "server/common/services.h"
#include "server/upkeep/certificate_watch.h"

namespace restante::server {

class Housekeeping {
 public:
  /// None of it is owned; all of it outlives the housekeeping.
  Housekeeping(Services& services, SettingsHolder& settings)
      : services_(services), settings_(settings), certificates_(services, settings) {}
  ~Housekeeping() { stop(); }
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  /// Errors: kLimit: it has no thread.
  Status start();
  /// Warns when mail to postmaster reaches no account. Asks the accounts: not for an event loop.
  void look_for_postmaster();
  /// Does all of it once more, and ends. To be called when no session is left.
  void stop();
  /// The settings have changed: looks at once. Callable from any thread.
  void reconsider() { wakeup_.wake(); }

 private:
  void run();
  void round();

  Services& services_;
  SettingsHolder& settings_;
  CertificateWatch certificates_;
  Wakeup wakeup_;
  std::thread thread_;
};

}  // namespace restante::server
