// The place of all maildrops, as its owner knows it: whether it is there. A file system that is
// gone leaves an empty folder, in which every maildrop would look as if it never had mail.
#pragma once

#include <atomic>
#include <string>

#include "base/result.h"

namespace restante::maildrop {

/// In the data directory: where every back end that keeps maildrops in files has them. The server
/// makes it and marks it.
inline constexpr const char* kMaildropsFolder = "maildrops";
inline std::string maildrops_folder(const std::string& data_dir) {
  return (data_dir + '/').append(kMaildropsFolder);
}

class StorePlace {
 public:
  StorePlace() = default;
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;
  virtual ~StorePlace() = default;

  /// Looks. Callable from any thread. Errors: kIo: it is gone; nothing in it means anything.
  virtual Status check() = 0;
  /// What the last look said, without a look.
  [[nodiscard]] bool is_lost() const { return lost_.load(std::memory_order_relaxed); }

 protected:
  std::atomic<bool> lost_ = false;
};

}  // namespace restante::maildrop
