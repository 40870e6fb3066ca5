// Takes a fuzz target's input apart: small numbers and pieces from its front. When it has run out,
// numbers are 0 and pieces empty, so that every input means something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace restante::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  unsigned take_byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  /// Two bytes, the lower first.
  std::size_t take_number() {
    const unsigned low = take_byte();
    return low + 256U * take_byte();
  }
  std::string_view take_piece(std::size_t size) {
    const std::string_view piece = rest_.substr(0, size);
    rest_.remove_prefix(piece.size());
    return piece;
  }
  /// `text` as an attacker in between leaves it: as it is (a 0 comes first), some of it replaced
  /// (odd), or another text (even).
  std::string change(std::string_view text) {
    const unsigned kind = take_byte();
    if (kind == 0) return std::string(text);
    if (kind % 2 == 0) return std::string(take_piece(take_number() % 2048));
    const std::size_t place = take_byte() % (text.size() + 1);
    const std::size_t cut = take_byte() % (text.size() - place + 1);
    std::string out(text);
    return out.replace(place, cut, take_piece(kind / 2 % 16));
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace restante::fuzz
