#include "config/key_mistakes.h"

#include <algorithm>

#include "config/mistakes.h"

namespace restante::config {
namespace {

/// Null: the file has no such table, and all of it is the default.
const Node* find_table(const Node& root, std::string_view name, std::size_t index) {
  const std::size_t dot = name.find('.');
  const Node* const first = find(root, name.substr(0, dot));
  if (first == nullptr || dot == std::string_view::npos) return first;
  const Node* const tables = find(*first, name.substr(dot + 1));
  if (tables == nullptr || index >= tables->items.size()) return first;
  return &tables->items[index];
}

int line_of(const KeyMistake& mistake, const Node& root) {
  const Node* const table = find_table(root, mistake.table, mistake.index);
  if (table == nullptr) return root.line;
  const Node* const key = find(*table, mistake.key);
  return key == nullptr ? table->line : key->line;
}

}  // namespace

std::vector<std::string> locate(const std::vector<KeyMistake>& found, const Node& root,
                                std::string_view file_name) {
  Mistakes mistakes;
  for (const KeyMistake& mistake : found)
    mistakes.add(line_of(mistake, root), mistake.table + "." + mistake.key, mistake.what);
  return mistakes.lines(file_name);
}

}  // namespace restante::config
