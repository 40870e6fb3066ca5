// One wish to stop, which every blocking wait of the client watches: raised by a signal handler or
// by another thread, seen by poll(2) beside the socket. Once raised it stays so.
#pragma once

#include "base/result.h"
#include "net/unique_fd.h"

namespace restante::net {

class StopSignal {
 public:
  /// Errors: kLimit (no descriptor is left).
  static Result<StopSignal> create();

  /// Readable from raise() on; it is never read. For poll(2).
  [[nodiscard]] int descriptor() const { return fd_.get(); }
  /// From any thread, and from a signal handler.
  void raise() const noexcept;
  [[nodiscard]] bool raised() const noexcept;

 private:
  explicit StopSignal(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace restante::net
