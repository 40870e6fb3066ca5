#include "archive/exchange/import/thunderbird.h"

#include <algorithm>
#include <array>

namespace restante::archive {
namespace {

constexpr std::string_view kIndex = ".msf";
constexpr std::string_view kSubFolders = ".sbd";

}  // namespace

bool is_thunderbirds(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(kIndex) || name.ends_with(kSubFolders);
  });
}

bool is_no_folder_of_mail(const Path& path) {
  constexpr std::array<std::string_view, 5> kEndings = {kIndex, ".dat", ".json", ".html",
                                                        ".mozmsgs"};
  const std::string name = path.filename().string();
  if (std::any_of(kEndings.begin(), kEndings.end(),
                  [&](std::string_view ending) { return name.ends_with(ending); }))
    return true;
  // It makes an empty file beside a folder that has only sub-folders.
  const auto stamp = stamp_of(path);
  return stamp && stamp->is_regular && stamp->bytes == 0;
}

std::string folder_shown(std::string_view name) {
  if (name.ends_with(kSubFolders)) name.remove_suffix(kSubFolders.size());
  return std::string(name);
}

}  // namespace restante::archive
