// What a table remembers instead of an address, a name or a password: a hash under a random key of
// this process (SipHash-2-4, 128 bits). It cannot be turned back, and no peer can choose two values
// that meet in one place of a table.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace restante::guard {

using Tag = std::array<std::uint8_t, 16>;

class Tagger {
 public:
  /// With a key of its own.
  Tagger();
  ~Tagger();
  Tagger(const Tagger&) = delete;
  Tagger& operator=(const Tagger&) = delete;

  [[nodiscard]] Tag of(std::string_view text) const;
  /// Of several tags in this order; never the tag of a text.
  [[nodiscard]] Tag of(std::initializer_list<Tag> tags) const;

 private:
  [[nodiscard]] Tag hash(std::span<const unsigned char> bytes, std::uint8_t use) const;
  std::array<std::array<unsigned char, 16>, 2> keys_{};  // For texts, and for tags.
};

}  // namespace restante::guard
