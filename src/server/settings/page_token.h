// A token that opens the status page: the first line of a file that no other user may read. Its
// hash alone stays in memory, and a comparison takes the same time for a right and a wrong one.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::settings {

/// Fewer characters could be guessed.
inline constexpr std::size_t kTokenBytesMin = 20;
inline constexpr std::size_t kTokenBytesMax = 512;

class PageToken {
 public:
  /// Errors: kSyntax (no token is in it; the detail says why); as files::read_private().
  static Result<PageToken> read(const std::filesystem::path& file);

  [[nodiscard]] bool matches(std::string_view presented) const;

 private:
  explicit PageToken(std::string hash) : hash_(std::move(hash)) {}
  static std::string hash_of(std::string_view token);

  std::string hash_;
};

/// By file.
using PageTokens = std::map<std::filesystem::path, PageToken>;

}  // namespace restante::settings
