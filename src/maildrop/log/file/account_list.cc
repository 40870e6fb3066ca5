#include "maildrop/log/file/account_list.h"

#include "base/limits.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_format.h"

namespace restante::maildrop::log {
namespace {

constexpr std::string_view kSuffix = ".log";

/// From the log itself: either copy of its header may be damaged.
Result<std::optional<std::string>> read_account(disk::Disk& disk, const std::string& path) {
  const auto file = disk.open(path, disk::OpenMode::kRead);
  if (!file && file.error().code == Errc::kNotFound) return std::optional<std::string>();
  if (!file) return file.error();
  const std::size_t largest = log_header_bytes(std::string(limits::kUserNameBytesMax, 'a'));
  std::vector<std::byte> bytes(2 * largest);
  RESTANTE_TRY(const std::size_t got, (*file)->read(0, bytes));
  const ByteView found = ByteView(bytes).first(got);
  for (std::size_t at = 0; at < found.size(); at += kAlignment)
    if (auto account = account_of_log(found.subspan(at))) return account;
  return std::optional<std::string>();
}

}  // namespace

Result<std::vector<std::string>> names_or_none(disk::Disk& disk, const std::string& folder) {
  auto names = disk.list(folder);
  if (!names && names.error().code == Errc::kNotFound) return std::vector<std::string>();
  return names;
}

Result<std::vector<std::string>> list_accounts(const Environment& environment) {
  const std::string root = maildrops_folder(environment.root);
  RESTANTE_TRY(const auto directories, names_or_none(environment.disk, root));
  std::vector<std::string> accounts;
  for (const std::string& directory : directories) {
    const std::string folder = root + '/' + directory;
    auto names = names_or_none(environment.disk, folder);
    if (!names && directory.size() != 2) continue;  // Not ours: a file, say.
    RESTANTE_CHECKED(names);
    for (const std::string& name : *names) {
      if (!name.ends_with(kSuffix)) continue;
      const std::string path = folder + '/' + name;
      auto account = decode_account(name.substr(0, name.size() - kSuffix.size()));
      if (!account) {
        RESTANTE_TRY(auto named, read_account(environment.disk, path));
        account = std::move(named);
      }
      // A copy under another name, as an editor or a sync program leaves it, is no maildrop.
      if (account && log_paths(environment.root, *account).log == path)
        accounts.push_back(std::move(*account));
    }
  }
  return accounts;
}

}  // namespace restante::maildrop::log
