// One wish to stop, which every blocking wait of the client watches: raised by a signal handler or
// by another thread, seen by poll(2) beside the socket. Once raised it stays so.
#pragma once

#include "base/result.h"
#include "dial/pulse.h"
#include "files/descriptor.h"

namespace restante::net {

class StopSignal {
 public:
  /// Errors: kLimit (no descriptor is left).
  static Result<StopSignal> create();
  /// The same wish for one thread: each time that it asks, `pulse` beats, which outlives it.
  /// Errors: as create().
  [[nodiscard]] Result<StopSignal> watched(Pulse& pulse) const;

  /// Readable from raise() on; it is never read. For poll(2).
  [[nodiscard]] int descriptor() const noexcept {
    if (pulse_ != nullptr) pulse_->beat();
    return fd_.number();
  }
  /// From any thread, and from a signal handler.
  void raise() const noexcept;
  [[nodiscard]] bool raised() const noexcept;

 private:
  explicit StopSignal(files::Descriptor fd) : fd_(std::move(fd)) {}
  files::Descriptor fd_;
  Pulse* pulse_ = nullptr;
};

}  // namespace restante::net
