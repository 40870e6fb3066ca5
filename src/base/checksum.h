// XXH3-64: finds damage, does not resist an adversary (who could as well change the file's owner's
// mail). Over 20 GB/s, so every read can be verified.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace restante {

using Checksum = std::uint64_t;

/// XXH3-64 with seed 0 of all bytes.
Checksum checksum(ByteView bytes);

/// The same, fed in pieces.
class ChecksumStream {
 public:
  ChecksumStream();
  ChecksumStream(ChecksumStream&&) noexcept;
  ChecksumStream& operator=(ChecksumStream&&) noexcept;
  ~ChecksumStream();

  void update(ByteView bytes);
  /// The checksum of everything so far; more may follow.
  [[nodiscard]] Checksum digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante
