// A file that appears under its name only when it is complete: made beside it, then linked into
// place. So no reader ever sees half a database, and of several makers one wins.
//
// Weak: where a file system has no links (vfat), of two makers at once each may win.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace restante::files {

class NewFile {
 public:
  /// An empty file beside `path`, mode 0600; for root owned by the folder's owner, so that the
  /// server may use what root made. Errors: as system_error().
  static Result<NewFile> make(const std::filesystem::path& path);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  /// Removes the file unless it was published.
  ~NewFile();

  /// Where it is being made.
  [[nodiscard]] const std::filesystem::path& place() const { return place_; }
  /// Its whole text, durable. Errors: as system_error().
  Status fill(std::string_view octets);
  /// Gives it its name, durably. False: another one was there first. Errors: as system_error().
  Result<bool> publish();

 private:
  NewFile(std::filesystem::path place, std::filesystem::path name)
      : place_(std::move(place)), name_(std::move(name)) {}

  std::filesystem::path place_;  ///< Empty when moved away.
  std::filesystem::path name_;
};

}  // namespace restante::files
