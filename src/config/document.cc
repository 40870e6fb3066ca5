#include "config/document.h"

#include <algorithm>

// Header only, without exceptions: one translation unit pays for it.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

namespace restante::config {
namespace {

Node convert(const toml::node& source, int line);

void add_entries(const toml::table& table, Node& node) {
  for (const auto& [key, value] : table) {
    const auto line = static_cast<int>(key.source().begin.line);
    node.entries.push_back(convert(value, line));
    node.entries.back().key = key.str();
  }
  std::stable_sort(node.entries.begin(), node.entries.end(),
                   [](const Node& a, const Node& b) { return a.line < b.line; });
}

/// The parser limits the nesting (TOML_MAX_NESTED_VALUES), and so the recursion.
Node convert(const toml::node& source, int line) {
  Node node;
  node.line = line;
  if (const auto* table = source.as_table()) {
    node.kind = Kind::kTable;
    add_entries(*table, node);
  } else if (const auto* array = source.as_array()) {
    node.kind = Kind::kArray;
    for (const toml::node& item : *array)
      node.items.push_back(convert(item, static_cast<int>(item.source().begin.line)));
  } else if (const auto* text = source.as_string()) {
    node.kind = Kind::kString;
    node.text = text->get();
  } else if (const auto* integer = source.as_integer()) {
    node.kind = Kind::kInteger;
    node.integer = integer->get();
  } else if (const auto* boolean = source.as_boolean()) {
    node.kind = Kind::kBoolean;
    node.boolean = boolean->get();
  }
  return node;
}

}  // namespace

const Node* find(const Node& node, std::string_view key) {
  for (const Node& entry : node.entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kString: return "a string";
    case Kind::kInteger: return "a number";
    case Kind::kBoolean: return "true or false";
    case Kind::kTable: return "a table";
    case Kind::kArray: return "an array";
    case Kind::kOther: break;
  }
  return "a date or a fraction";
}

Document parse_document(std::string_view text) {
  Document document;
  const toml::parse_result result = toml::parse(text);
  if (result) {
    document.root = convert(result.table(), 1);
    return document;
  }
  document.mistake = result.error().description();
  document.mistake_line = static_cast<int>(result.error().source().begin.line);
  return document;
}

}  // namespace restante::config
