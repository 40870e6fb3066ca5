// The machinery of the tables in tables.cc: a key is one row {name, what puts its value where}.
// Reading a table means looking each entry up in the rows; what is not there is a mistake.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistakes.h"
#include "config/values.h"

namespace restante::config {

/// The dotted names of all keys that a kind of file may have.
using KnownKeys = std::vector<std::string> (*)();

/// One entry under its dotted name, and where to complain.
struct Item {
  Value value;
  std::string name;
  Mistakes& mistakes;
  KnownKeys known;  ///< To say where a key belongs that stands in the wrong table.

  void wrong(std::string_view text) const { mistakes.add(value.node.line, name, text); }
  [[nodiscard]] Item child(std::string_view key, const Node& node) const {
    std::string full = name.empty() ? std::string(key) : fmt::format("{}.{}", name, key);
    return Item{Value{node, value.base}, std::move(full), mistakes, known};
  }
};

enum class Need : std::uint8_t { kOptional, kRequired };

template <typename Table>
struct Key {
  std::string_view name;
  void (*put)(Table&, const Item&);
  Need need = Need::kOptional;
};

template <typename Member>
struct OwnerOf;
template <typename Owner, typename Type>
struct OwnerOf<Type Owner::*> {
  using type = Owner;
};
template <auto Member>
using Owner = typename OwnerOf<decltype(Member)>::type;

/// A plain value: parsed by Parse, kept in Member; a value that is wrong leaves the default.
template <auto Member, auto Parse>
void put(Owner<Member>& table, const Item& item) {
  auto parsed = Parse(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  using Type = std::decay_t<decltype(table.*Member)>;
  table.*Member = static_cast<Type>(std::move(*parsed));
}

/// Reports an unknown key and what was probably meant: the table it belongs to, or the nearest of
/// `names`, the keys of the table that it stands in.
void report_unknown(const Item& item, std::span<const std::string> names);

template <typename Table, std::size_t N>
std::vector<std::string> names_of(const std::array<Key<Table>, N>& keys) {
  std::vector<std::string> names;
  names.reserve(N);
  for (const Key<Table>& key : keys) names.emplace_back(key.name);
  return names;
}

template <typename Table, std::size_t N>
void read_table(Table& table, const Item& item, const std::array<Key<Table>, N>& keys) {
  const Node& node = item.value.node;
  for (const Node& entry : node.entries) {
    const auto same_name = [&entry](const Key<Table>& key) { return key.name == entry.key; };
    const auto key = std::find_if(keys.begin(), keys.end(), same_name);
    const Item child = item.child(entry.key, entry);
    key == keys.end() ? report_unknown(child, names_of(keys)) : key->put(table, child);
  }
  for (const Key<Table>& key : keys)
    if (key.need == Need::kRequired && find(node, key.name) == nullptr)
      item.child(key.name, node).wrong("is missing");
}

/// A table: [name].
template <auto Member, const auto& Keys>
void put_table(Owner<Member>& table, const Item& item) {
  const Kind kind = item.value.node.kind;
  if (kind != Kind::kTable)
    return item.wrong(fmt::format("must be one table, [{}], not {}", item.name, describe(kind)));
  read_table(table.*Member, item, Keys);
}

/// An array of tables: [[name]]. One element for each table, also for one with mistakes in it.
template <auto Member, const auto& Keys>
void put_tables(Owner<Member>& table, const Item& item) {
  const Node& node = item.value.node;
  if (node.kind != Kind::kArray)
    return item.wrong(fmt::format("must be written with two brackets: [[{}]]", item.name));
  for (const Node& element : node.items) {
    auto& slot = (table.*Member).emplace_back();
    const Item child{Value{element, item.value.base}, item.name, item.mistakes, item.known};
    if (element.kind == Kind::kTable)
      read_table(slot, child, Keys);
    else
      child.wrong(fmt::format("must be a table, [[{}]]", item.name));
  }
}

}  // namespace restante::config
