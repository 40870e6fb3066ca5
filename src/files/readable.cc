#include "files/readable.h"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace restante::files {
namespace {

constexpr int kLinksMax = 16;

bool may(const std::filesystem::path& path, int what) {
  // The effective user is asked: it is not the user that started the process when root has dropped
  // its rights.
  return ::eaccess(path.c_str(), what) == 0;
}

std::string own_name() {
  const passwd* const entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "user " + std::to_string(::geteuid());
}

/// The first folder on the way to `path` that may not be entered; empty: there is none.
std::filesystem::path closed_folder(const std::filesystem::path& path) {
  std::filesystem::path folder;
  for (const auto& part : path.parent_path()) {
    folder /= part;
    if (!may(folder, X_OK) && errno == EACCES) return folder;
  }
  return {};
}

/// Names the folder or file on the way that refuses; links are followed one by one.
std::string who_refuses(std::filesystem::path path) {
  const std::string name = own_name();
  for (int links = 0; links < kLinksMax; ++links) {
    if (const auto folder = closed_folder(path); !folder.empty())
      return name + " may not enter the folder " + folder.string();
    std::error_code failure;
    const std::filesystem::path target = std::filesystem::read_symlink(path, failure);
    if (failure) break;
    path = (path.parent_path() / target).lexically_normal();
  }
  return name + " may not read " + path.string();
}

}  // namespace

std::string why_unreadable(const std::filesystem::path& path) {
  if (!may(path, R_OK)) {
    const int number = errno;
    const std::string reason = std::generic_category().message(number);
    return number == EACCES ? reason + ": " + who_refuses(path) : reason;
  }
  std::error_code failure;
  return std::filesystem::is_directory(path, failure) ? "is a folder" : "";
}

}  // namespace restante::files
