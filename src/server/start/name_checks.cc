#include "server/start/name_checks.h"

#include <fmt/format.h>

#include "files/file.h"
#include "server/common/log.h"

namespace restante::server {
namespace {

// More than an operator mends in one go.
constexpr std::size_t kClashesToldMax = 20;
constexpr std::string_view kKey = "fold_local_part = ";
constexpr std::size_t kFileBytesMax = 4096;

std::string line_of(bool fold) { return std::string(kKey) + (fold ? "true" : "false") + "\n"; }

Status remember(const std::filesystem::path& path, bool fold) {
  if (files::replace_durably(path, line_of(fold))) return ok();
  return Error(Errc::kIo, path.string() + ": cannot be written");
}

std::string folding_warning(const std::filesystem::path& path, bool fold) {
  const std::string_view loses =
      fold ? "\"Alice\" is \"alice\" now, and mail that came for \"Alice\" lies in a maildrop of "
             "that name, which nobody opens"
           : "\"Alice\" is not \"alice\" any more: logins and mail for the other spelling fail, "
             "and accounts with capitals in a passwd-file get a second maildrop";
  return fmt::format(
      "accounts.fold_local_part is {} and was {} when this data was made: {}; set it back, or "
      "remove {} to have it so",
      fold, !fold, loses, for_log(path.string()));
}

void add_clashes(accounts::Directory& directory, std::vector<std::string>& warnings) {
  const auto clashes = directory.spelling_clashes();
  if (!clashes) {
    warnings.push_back(fmt::format("names that were given twice are not known reason={}",
                                   for_log(clashes.error().message())));
    return;
  }
  for (const auto& [first, second] : *clashes) {
    if (warnings.size() >= kClashesToldMax) break;
    warnings.push_back(
        fmt::format("two accounts or aliases have one name name={} other={}: each gets what is "
                    "spelt exactly so; remove or rename one",
                    for_log(first), for_log(second)));
  }
  if (clashes->size() > kClashesToldMax)
    warnings.push_back(
        fmt::format("more accounts or aliases have one name, at least {} pairs", clashes->size()));
}

}  // namespace

Result<bool> remembered_folding(const std::filesystem::path& data_dir, bool now) {
  const std::filesystem::path path = data_dir / kNameRulesFile;
  const auto text = files::read_file(path, kFileBytesMax);
  if (!text && text.error().code != Errc::kNotFound)
    return Error(Errc::kIo, path.string() + ": cannot be read");
  // The first start settles it: from now on names of maildrops depend on it.
  if (!text) {
    RESTANTE_CHECKED(remember(path, now));
    return now;
  }
  for (const bool fold : {true, false})
    if (text->substr(0, text->find('\n')) + "\n" == line_of(fold)) return fold;
  return Error(Errc::kCorrupt, path.string() + ": is not \"fold_local_part = true\" or false");
}

std::vector<std::string> name_warnings(accounts::Directory& directory,
                                       const std::filesystem::path& data_dir,
                                       bool fold_local_part) {
  std::vector<std::string> warnings;
  add_clashes(directory, warnings);
  const auto before = remembered_folding(data_dir, fold_local_part);
  if (!before)
    warnings.push_back(fmt::format("the folding that names were made with is not known reason={}",
                                   for_log(before.error().message())));
  else if (*before != fold_local_part)
    warnings.push_back(folding_warning(data_dir / kNameRulesFile, fold_local_part));
  return warnings;
}

}  // namespace restante::server
