#include "server/settings/parse.h"

#include <fmt/format.h>

#include <system_error>

#include "config/document.h"
#include "config/file.h"
#include "config/mistakes.h"
#include "server/settings/keys.h"

namespace restante::settings {
namespace {

LoadResult one_mistake(int line, std::string_view text, std::string_view file_name) {
  config::Mistakes mistakes;
  mistakes.add(line, "file", text);
  return LoadResult{std::nullopt, mistakes.lines(file_name), {}};
}

}  // namespace

LoadResult parse(std::string_view text, std::string_view file_name,
                 const std::filesystem::path& base, Purpose purpose) {
  if (text.size() > config::kFileBytesMax) return one_mistake(1, "is larger than 1 MiB", file_name);
  config::Document document = config::parse_document(text);
  if (!document.mistake.empty()) {
    config::Mistakes mistakes;
    mistakes.add(document.mistake_line, "syntax", document.mistake);
    return LoadResult{std::nullopt, mistakes.lines(file_name), {}};
  }
  Config config;
  config::Mistakes mistakes;
  read_tables(document.root, base, config, mistakes);
  apply_rules(document.root, purpose, config, mistakes);
  if (!mistakes.empty()) return LoadResult{std::nullopt, mistakes.lines(file_name), {}};
  return LoadResult{std::move(config), {}, std::move(document.root)};
}

LoadResult load_file(const std::filesystem::path& path, Purpose purpose) {
  const auto content = config::read_file(path);
  if (!content)
    return one_mistake(1, fmt::format("cannot be read: {}", content.error().detail), path.string());
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  return parse(*content, path.string(), (error ? path : whole).parent_path(), purpose);
}

std::filesystem::path data_dir_of(const std::filesystem::path& path) {
  const auto content = config::read_file(path);
  if (!content) return {};
  const config::Document document = config::parse_document(*content);
  const config::Node* const named = config::find(document.root, "data_dir");
  if (named == nullptr || named->kind != config::Kind::kString || named->text.empty()) return {};
  std::error_code unknown;
  return std::filesystem::absolute(path, unknown).parent_path() / named->text;
}

}  // namespace restante::settings
