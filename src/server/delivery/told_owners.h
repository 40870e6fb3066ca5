// The owners that have been told that their maildrop fills up and have not made room since. In
// memory, and in a text file of the data directory, one line a change, so that a restart, or
// restantectl, does not tell them again. A line that a crash loses costs a second warning at most:
// so nothing here is synced, and a line that cannot be written is kept in memory alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace restante::server {

/// Callable from any thread; other processes may have the same file.
class ToldOwners {
 public:
  /// Reads the file, if there is one; an empty path: memory alone.
  explicit ToldOwners(std::filesystem::path file);

  /// Notes that this owner is told. False: it was noted already.
  bool note(const std::string& account);
  /// There is room again.
  void forget(const std::string& account);

 private:
  void catch_up();
  void take(std::string_view line);
  void append(char mark, const std::string& account);
  void shrink() const;

  const std::filesystem::path file_;
  std::mutex mutex_;  ///< Guards everything below.
  std::unordered_set<std::string> accounts_;
  std::uint64_t read_bytes_ = 0;  ///< Of the file.
  std::uint64_t lines_ = 0;       ///< In it.
};

}  // namespace restante::server
