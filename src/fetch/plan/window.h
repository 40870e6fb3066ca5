// How many messages are asked for before the first one has come. It begins small and grows while
// messages come, so that a slow line is kept full and a server that dies costs little; of large
// messages few are asked for, since the line is full with them anyway. They cost no memory here:
// what was asked for waits at the server.
//
// The size in LIST is what tells whose answer has come. So one without a size is alone, and two of
// one size are under way at once only where something else tells them apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace restante::fetch {

class Window {
 public:
  static constexpr std::uint32_t kFirst = 4;
  static constexpr std::uint64_t kOctetsMax = 32ULL << 20;  ///< Asked for and not here.

  /// `most`: messages under way at most, at least 1.
  explicit Window(std::uint32_t most)
      : most_(std::max<std::uint32_t>(most, 1)), now_(std::min(kFirst, most_)) {}

  /// Whether one more may be asked for, given what LIST says about its size. `twins`: also when one
  /// of its size is under way.
  [[nodiscard]] bool admits(std::optional<std::uint64_t> octets, bool twins) const {
    if (messages_ == 0) return true;
    if (!octets || nameless_ || (!twins && has(octets))) return false;
    return messages_ < now_ && octets_ + *octets <= kOctetsMax;
  }
  /// One of this size is under way.
  [[nodiscard]] bool has(std::optional<std::uint64_t> octets) const {
    return octets && sizes_.contains(*octets);
  }
  void asked(std::optional<std::uint64_t> octets) {
    ++messages_;
    octets_ += octets.value_or(0);
    nameless_ = !octets;
    if (octets) ++sizes_[*octets];
  }
  /// The message asked for with this size is here; there is room for one more than before.
  void arrived(std::optional<std::uint64_t> octets) {
    --messages_;
    octets_ -= octets.value_or(0);
    nameless_ = false;
    if (octets && --sizes_[*octets] == 0) sizes_.erase(*octets);
    now_ = std::min(now_ + 1, most_);
  }
  [[nodiscard]] std::uint32_t under_way() const { return messages_; }

 private:
  std::uint32_t most_;
  std::uint32_t now_;
  std::uint32_t messages_ = 0;
  std::uint64_t octets_ = 0;
  bool nameless_ = false;                                   // The one under way has no known size.
  std::unordered_map<std::uint64_t, std::uint32_t> sizes_;  // How many of each.
};

}  // namespace restante::fetch
