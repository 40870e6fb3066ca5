// SHA-256, the identity of a message in the archive: of its octets as they were received.
// Streaming, so that a message's size does not matter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace restante::archive {

inline constexpr std::size_t kSha256HexBytes = 64;

/// True for 64 lower-case hexadecimal digits, as every sha256 in the archive is written.
bool is_sha256(std::string_view text);

class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view octets);
  /// 64 lower-case hexadecimal digits. Ends the use of the object.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same of a text in memory.
std::string sha256_of(std::string_view octets);

}  // namespace restante::archive
