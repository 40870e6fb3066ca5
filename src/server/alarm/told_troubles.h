// Which troubles the operator has been told of, in a small file of data_dir, so that a restart
// tells none twice and forgets none that ends meanwhile.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/alarm/trouble.h"

namespace restante::server {

/// One that was told, as it was told.
struct ToldTrouble {
  std::string key;  ///< Trouble::key().
  std::string what;
  WallTime since{};
};

/// What has changed since it was told.
struct TroubleNews {
  std::vector<Trouble> begun;
  std::vector<ToldTrouble> over;

  [[nodiscard]] bool empty() const { return begun.empty() && over.empty(); }
};

/// Used by one thread at a time.
class ToldTroubles {
 public:
  /// Reads the file; what is no line of it is skipped, and a missing file is an empty one. An empty
  /// path: memory alone.
  explicit ToldTroubles(std::filesystem::path file);

  [[nodiscard]] TroubleNews compare(const std::vector<Trouble>& now) const;
  /// These have been told. Durable. Errors: kIo, kFull: then it is so until the end of the process.
  Status note(const TroubleNews& news, WallTime now);
  /// In the order in which they began.
  [[nodiscard]] const std::vector<ToldTrouble>& all() const { return told_; }

 private:
  const std::filesystem::path file_;
  std::vector<ToldTrouble> told_;
};

}  // namespace restante::server
