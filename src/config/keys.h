// The machinery of tables of keys: a key is one row, with its name, its place in a struct, its type
// with the range, and its line of the documentation. The default is the member's own. Reading a
// table means looking each entry up in the rows; an entry without a row is a mistake.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys_fwd.h"
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

/// A key as the documentation has it, in Markdown; tests compare the two.
struct KeyNote {
  std::string name;
  std::string type;      ///< With the range: "duration, `"1s"` to `"1d"`".
  std::string standard;  ///< The default, "needed", or the words in its place.
  std::string meaning;
};

enum class Need : std::uint8_t { kOptional, kRequired };

template <typename Table>
struct Key {
  KeyNote note;
  std::function<void(Table&, const Item&)> put;
  Need need = Need::kOptional;
  std::vector<KeyNote> inner{};  ///< Of a key that is a table: the keys in it.

  [[nodiscard]] Key required() && {
    need = Need::kRequired;
    note.standard = "needed";
    return std::move(*this);
  }
};
template <typename Member>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <>
inline constexpr bool kIsOptional<std::nullopt_t> = true;

/// A value of a type of values.h, given to `set`; a value that is wrong leaves the default, which
/// `usual` is. `standard` tells the documentation of a default that depends on something.
template <typename Table, typename Set, typename Usual, typename Type>
Key<Table> key_by(std::string_view name, Set set, const Usual& usual, const Type& type,
                  std::string_view meaning, std::string_view standard = "") {
  const auto put = [set, type](Table& table, const Item& item) {
    auto parsed = type.parse(item.value);
    if (!parsed) return item.wrong(parsed.error().detail);
    set(table, std::move(*parsed));
  };
  std::string shown(standard);
  if constexpr (kIsOptional<Usual>)
    shown = standard.empty() ? "none" : standard;
  else if (standard.empty())
    shown = in_markdown(type.show(usual));
  return {{std::string(name), type.type(), std::move(shown), std::string(meaning)}, put};
}

/// A value that is kept in `member`.
template <typename Table, typename Member, typename Type>
Key<Table> key(std::string_view name, Member Table::*member, const Type& type,
               std::string_view meaning, std::string_view standard = "") {
  const auto set = [member](Table& table, auto&& parsed) {
    table.*member = static_cast<Member>(std::forward<decltype(parsed)>(parsed));
  };
  return key_by<Table>(name, set, Table().*member, type, meaning, standard);
}

/// Reports an unknown key and the likely one: the table it belongs to, or the nearest of `names`,
/// the keys of the table that it stands in.
void report_unknown(const Item& item, std::span<const std::string> names);

template <typename Table>
void read_table(Table& table, const Item& item, const Keys<Table>& keys) {
  const Node& node = item.value.node;
  for (const Node& entry : node.entries) {
    const auto same_name = [&entry](const Key<Table>& key) { return key.note.name == entry.key; };
    const auto key = std::ranges::find_if(keys, same_name);
    const Item child = item.child(entry.key, entry);
    if (key != keys.end()) {
      key->put(table, child);
      continue;
    }
    std::vector<std::string> names;
    for (const Key<Table>& other : keys) names.push_back(other.note.name);
    report_unknown(child, names);
  }
  for (const Key<Table>& key : keys)
    if (key.need == Need::kRequired && find(node, key.note.name) == nullptr)
      item.child(key.note.name, node).wrong("is missing");
}

/// Reads a table, [name], and says so where there is something else.
template <typename Table>
void read_one_table(Table& table, const Item& item, const Keys<Table>& keys) {
  const Kind kind = item.value.node.kind;
  if (kind != Kind::kTable)
    return item.wrong(fmt::format("must be one table, [{}], not {}", item.name, describe(kind)));
  read_table(table, item, keys);
}

/// An array of tables, [[name]]; `make` gives the element that each is read into, also one with
/// mistakes in it.
template <typename Make, typename Table>
void read_tables_of(const Item& item, const Keys<Table>& keys, Make make) {
  const Node& node = item.value.node;
  if (node.kind != Kind::kArray)
    return item.wrong(fmt::format("must be written with two brackets: [[{}]]", item.name));
  for (const Node& element : node.items) {
    Table& slot = make(element);
    const Item child{Value{element, item.value.base}, item.name, item.mistakes, item.known};
    if (element.kind == Kind::kTable)
      read_table(slot, child, keys);
    else
      child.wrong(fmt::format("must be a table, [[{}]]", item.name));
  }
}

/// "prefix.name" of all keys, and after them those of their tables.
template <typename Table>
std::vector<KeyNote> notes_of(const Keys<Table>& keys, const std::string& prefix = "") {
  std::vector<KeyNote> out;
  const auto add = [&](KeyNote note, const std::string& before) {
    note.name.insert(0, before);
    out.push_back(std::move(note));
  };
  for (const Key<Table>& key : keys) add(key.note, prefix);
  for (const Key<Table>& key : keys)
    for (const KeyNote& note : key.inner) add(note, prefix + key.note.name + ".");
  return out;
}

/// A table: [name].
template <typename Whole, typename Part>
Key<Whole> table_key(std::string_view name, Part Whole::*part, const Keys<Part>& keys) {
  const auto put = [part, &keys](Whole& whole, const Item& item) {
    read_one_table(whole.*part, item, keys);
  };
  return {{std::string(name), "", "", ""}, put, Need::kOptional, notes_of(keys)};
}

/// A table whose keys are put into the whole: it has those of several parts.
template <typename Whole>
Key<Whole> table_key(std::string_view name, const Keys<Whole>& keys) {
  const auto put = [&keys](Whole& whole, const Item& item) { read_one_table(whole, item, keys); };
  return {{std::string(name), "", "", ""}, put, Need::kOptional, notes_of(keys)};
}

/// An array of tables: [[name]].
template <typename Whole, typename Part, typename Base>
Key<Whole> tables_key(std::string_view name, std::vector<Part> Base::*parts, const Keys<Part>& keys,
                      std::string_view meaning = "") {
  const auto put = [parts, &keys](Whole& whole, const Item& item) {
    read_tables_of(item, keys, [&](const Node&) -> Part& { return (whole.*parts).emplace_back(); });
  };
  return {{std::string(name), "tables", "none", std::string(meaning)},
          put,
          Need::kOptional,
          notes_of(keys)};
}

/// Keys of a part as keys of the whole: so a table may have keys of several modules.
template <typename Whole, typename Part, typename Base>
Keys<Whole> keys_within(Part Base::*part, const Keys<Part>& keys) {
  Keys<Whole> out;
  for (const Key<Part>& key : keys)
    out.push_back(
        {key.note,
         [part, put = key.put](Whole& whole, const Item& item) { put(whole.*part, item); },
         key.need, key.inner});
  return out;
}

/// The keys of a base as keys of what is derived from it.
template <typename Whole, typename Base>
Keys<Whole> keys_of_base(const Keys<Base>& keys) {
  Keys<Whole> out;
  for (const Key<Base>& key : keys) out.push_back({key.note, key.put, key.need, key.inner});
  return out;
}

/// All keys of several lists, in their order.
template <typename Table>
Keys<Table> joined(std::initializer_list<Keys<Table>> parts) {
  Keys<Table> all;
  for (const Keys<Table>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace restante::config
