#include "journal/forget.h"

#include <algorithm>

#include "journal/act_line.h"
#include "journal/folder.h"
#include "journal/key.h"

namespace restante::journal {
namespace {

/// The text with the name replaced; how many of its lines had it.
std::uint64_t replace_in(std::string& text, std::string_view name, std::string_view hidden) {
  std::string out;
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string line = text.substr(at, end - at);
    const std::string replaced = with_name_replaced(line, name, hidden);
    count += replaced == line ? 0 : 1;
    out += replaced;
    at = end;
  }
  text = std::move(out);
  return count;
}

}  // namespace

Result<std::string> hidden_name(const files::Path& folder, std::string_view name) {
  RESTANTE_TRY(const std::string key, key_of(folder));
  return hash_of(name, key);
}

Result<std::uint64_t> forget_name(const files::Path& folder, std::string_view name) {
  RESTANTE_TRY(const std::string hidden, hidden_name(folder, name));
  RESTANTE_TRY(const std::vector<ActsFile> files, list_files(folder));
  std::uint64_t count = 0;
  for (const ActsFile& file : files) {
    // For each file anew: the server writes between.
    RESTANTE_TRY(const files::Descriptor lock, lock_folder(folder));
    RESTANTE_TRY(std::string text, files::read_file(file.path, SIZE_MAX));
    const std::uint64_t lines = replace_in(text, name, hidden);
    if (lines > 0) RESTANTE_CHECKED(files::replace_durably(file.path, text));
    count += lines;
  }
  return count;
}

}  // namespace restante::journal
