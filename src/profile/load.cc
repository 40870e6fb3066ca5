#include "profile/load.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <system_error>

#include "config/document.h"
#include "config/file.h"
#include "config/mistakes.h"
#include "profile/rules.h"
#include "profile/tables.h"

namespace restante::profile {
namespace {

LoadResult one_mistake(int line, std::string_view key, std::string_view text,
                       std::string_view file_name) {
  config::Mistakes mistakes;
  mistakes.add(line, key, text);
  return LoadResult{std::nullopt, mistakes.lines(file_name)};
}

bool others_can_read(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

LoadResult parse(std::string_view text, std::string_view file_name,
                 const std::filesystem::path& base, bool others_can_read) {
  if (text.size() > config::kFileBytesMax)
    return one_mistake(1, "file", "is larger than 1 MiB", file_name);
  const config::Document document = config::parse_document(text);
  if (!document.mistake.empty())
    return one_mistake(document.mistake_line, "syntax", document.mistake, file_name);
  Profile profile;
  config::Mistakes mistakes;
  read_tables(document.root, base, profile, mistakes);
  apply_rules(document.root, others_can_read, profile, mistakes);
  if (!mistakes.empty()) return LoadResult{std::nullopt, mistakes.lines(file_name)};
  return LoadResult{std::move(profile), {}};
}

LoadResult load_file(const std::filesystem::path& path) {
  const auto content = config::read_file(path);
  if (!content)
    return one_mistake(1, "file", fmt::format("cannot be read: {}", content.error().detail),
                       path.string());
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  LoadResult result =
      parse(*content, path.string(), (error ? path : whole).parent_path(), others_can_read(path));
  if (result.profile) result.profile->file = error ? path : whole;
  return result;
}

}  // namespace restante::profile
