// How often each command was said, in all sessions together. Callable from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "pop3/verb.h"

namespace restante::pop3 {

class CommandCounts {
 public:
  void note(Verb verb) { add(static_cast<std::size_t>(verb)); }
  /// What is no command, or none that can be read.
  void note_unknown() { add(kVerbs); }
  [[nodiscard]] std::uint64_t of(Verb verb) const { return at(static_cast<std::size_t>(verb)); }
  [[nodiscard]] std::uint64_t unknown() const { return at(kVerbs); }

 private:
  void add(std::size_t place) { counts_[place].fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t at(std::size_t place) const {
    return counts_[place].load(std::memory_order_relaxed);
  }
  std::array<std::atomic<std::uint64_t>, kVerbs + 1> counts_{};
};

}  // namespace restante::pop3
