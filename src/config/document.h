// A TOML document as the reader needs it: values with their lines, in the order of the file. Knows
// nothing of settings; nothing else sees the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante::config {

enum class Kind : std::uint8_t { kString, kInteger, kBoolean, kTable, kArray, kOther };

struct Node {
  Kind kind = Kind::kOther;   ///< kOther: dates, times and floating point; no setting takes them.
  int line = 1;               ///< Of the key, or of the header of a table.
  std::string text;           ///< kString
  std::int64_t integer = 0;   ///< kInteger
  bool boolean = false;       ///< kBoolean
  std::string key;            ///< Its name in the table that it is an entry of.
  std::vector<Node> entries;  ///< kTable, sorted by line.
  std::vector<Node> items;    ///< kArray
};

/// The entry of a table; null when the table has none of that name, or `node` is no table. Belongs
/// to `node`.
const Node* find(const Node& node, std::string_view key);

/// "a string", "a table", …: what the operator wrote, for messages.
std::string_view describe(Kind kind);

struct Document {
  Node root;
  std::string mistake;  ///< Empty when the text is TOML.
  int mistake_line = 0;
};

/// Takes the text apart. Never throws; a syntax error is in `mistake`, without place and full stop.
Document parse_document(std::string_view text);

}  // namespace restante::config
