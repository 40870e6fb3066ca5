// The files in a ZIP archive that is in memory, for documents that are one: bounded, also where the
// archive lies about its sizes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::text {

class ZipParts {
 public:
  /// The octets outlive this. Nothing: it is no archive.
  static std::optional<ZipParts> open(std::string_view octets);
  ZipParts(ZipParts&&) noexcept;
  ZipParts& operator=(ZipParts&&) noexcept;
  ~ZipParts();

  /// Names in their order; at most some thousand.
  [[nodiscard]] std::vector<std::string> names() const;
  /// A file's octets, or their beginning: at most `bytes_max`, and all that is read of the archive
  /// together at most kUnpackedMax and kRatioMax times its size. Empty also when it cannot be read.
  std::string read(const std::string& name, std::size_t bytes_max);

  static constexpr std::uint64_t kUnpackedMax = std::uint64_t{64} << 20;
  static constexpr std::uint64_t kRatioMax = 200;

 private:
  struct State;
  explicit ZipParts(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace restante::text
