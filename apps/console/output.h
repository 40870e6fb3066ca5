// Data on stdout: aligned text for people, JSON for programs (docs/json.md: keys are added, never
// renamed or removed; always UTF-8). Talk goes to stderr. Nothing here knows what is printed.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "console/table.h"

namespace restante::console {

enum class Format : std::uint8_t {
  kText,
  kJson,   ///< One value for every command: an object, or an array of them.
  kJsonl,  ///< One object a line.
};

/// What the command line says about output, and what the program's JSON is like.
struct OutputSettings {
  Format format = Format::kText;
  bool quiet = false;
  std::optional<int> json_version{};  ///< First in each object that stands for itself.
  bool talks_beside_json = true;      ///< Notes are for people: some programs want none.
};

class Output {
 public:
  using Table = console::Table;

  explicit Output(const OutputSettings& settings);

  [[nodiscard]] Format format() const { return settings_.format; }
  [[nodiscard]] bool text() const { return settings_.format == Format::kText; }
  [[nodiscard]] bool json() const { return !text(); }
  [[nodiscard]] bool quiet() const { return settings_.quiet; }
  /// Whether notes and lines of progress are printed.
  [[nodiscard]] bool talks() const { return !quiet() && (text() || settings_.talks_beside_json); }
  /// Text mode on a terminal that wants colours.
  [[nodiscard]] bool colour() const { return colour_; }

  /// One object and LF, in either JSON format.
  void print(const boost::json::object& object) const;
  /// As console::print().
  std::vector<std::size_t> print(const Table& table,
                                 const std::vector<std::size_t>& before = {}) const {
    return console::print(table, colour_, before);
  }
  /// Lines for people, made harmless.
  void line(std::string_view text) const;
  /// The same with our own escape sequences for colours; what is from elsewhere was made harmless.
  void styled_line(std::string_view text) const;
  /// Makes visible what was printed.
  void flush() const;
  /// For people, on stderr; nothing unless it talks().
  void note(std::string_view text) const;

 private:
  friend class JsonList;
  friend class JsonRows;
  [[nodiscard]] std::string text_of(const boost::json::object& object) const;

  OutputSettings settings_;
  bool colour_;
};

/// How many objects were asked for: one is printed as it is, several as an array, also when there
/// is only one of them, or none.
enum class Asked : std::uint8_t { kOne, kSeveral };

/// A list of objects, printed while it grows: an array in kJson, lines in kJsonl. Nothing in text
/// mode. The end of its life is the end of the array.
class JsonList {
 public:
  explicit JsonList(const Output& out, Asked asked = Asked::kSeveral);
  ~JsonList();
  JsonList(const JsonList&) = delete;
  JsonList& operator=(const JsonList&) = delete;

  void add(const boost::json::object& object);

 private:
  const Output& out_;
  const bool is_array_;
  bool empty_ = true;
};

/// An object whose last key is an array of objects, printed while it grows: as Output::print()
/// would print all of it. The end of its life is the end of the object.
class JsonRows {
 public:
  /// `head`: the keys before it; may be empty.
  JsonRows(const Output& out, const boost::json::object& head, std::string_view key);
  ~JsonRows();
  JsonRows(const JsonRows&) = delete;
  JsonRows& operator=(const JsonRows&) = delete;

  void add(const boost::json::object& object);

 private:
  bool empty_ = true;
};

/// A table, printed while it grows: its columns become as wide as what has come by then. The rest
/// is printed at the end of its life.
class TableRows {
 public:
  explicit TableRows(const Output& out) : out_(out) {}
  ~TableRows() { flush(); }
  TableRows(const TableRows&) = delete;
  TableRows& operator=(const TableRows&) = delete;

  void header(std::vector<std::string> names) { table_.header = std::move(names); }
  void add(std::vector<std::string> row, bool dimmed = false);
  /// Prints what waits for more, so that columns fit.
  void flush();

 private:
  const Output& out_;
  Table table_;
  std::vector<std::size_t> widths_;
};

/// "text", "json" or "jsonl", as --format has it.
Format to_format(const std::string& name);

/// RFC 3339, or null.
boost::json::value to_json(const std::optional<WallTime>& time);

}  // namespace restante::console
