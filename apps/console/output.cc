#include "console/output.h"

#include <boost/json/serialize.hpp>
#include <iostream>
#include <utility>

#include "base/utf8.h"
#include "console/harmless.h"
#include "console/terminal.h"

namespace restante::console {

Output::Output(const OutputSettings& settings)
    : settings_(settings), colour_(settings.format == Format::kText && wants_colour()) {}

namespace {

/// Octets that are no UTF-8 can only be in strings.
std::string plain_text(const boost::json::object& object) {
  return escaped_json(to_utf8(boost::json::serialize(object)));
}

}  // namespace

/// With the version before all else.
std::string Output::text_of(const boost::json::object& object) const {
  std::string text = plain_text(object);
  if (!settings_.json_version) return text;
  const std::string version = "\"version\":" + std::to_string(*settings_.json_version);
  return text.insert(1, object.empty() ? version : version + ",");
}

void Output::print(const boost::json::object& object) const {
  std::cout << text_of(object) << '\n';
}

void Output::line(std::string_view text) const { std::cout << harmless(text) << '\n'; }

void Output::styled_line(std::string_view text) const { std::cout << text << '\n'; }

void Output::flush() const { std::cout.flush(); }

void Output::note(std::string_view text) const {
  if (talks()) std::cerr << harmless(text) << '\n';
}

JsonList::JsonList(const Output& out, Asked asked)
    : out_(out), is_array_(out.format() == Format::kJson && asked == Asked::kSeveral) {
  if (is_array_) std::cout << '[';
}

JsonList::~JsonList() {
  if (is_array_) std::cout << (empty_ ? "]\n" : "\n]\n");
}

void JsonList::add(const boost::json::object& object) {
  if (out_.text()) return;
  if (is_array_) std::cout << (empty_ ? "\n" : ",\n");
  std::cout << out_.text_of(object);
  if (!is_array_) std::cout << '\n';
  empty_ = false;
}

JsonRows::JsonRows(const Output& out, const boost::json::object& head, std::string_view key) {
  std::string text = out.text_of(head);
  text.pop_back();
  std::cout << text << (text.size() > 1 ? "," : "") << '"' << key << "\":[";
}

JsonRows::~JsonRows() { std::cout << "]}\n"; }

void JsonRows::add(const boost::json::object& object) {
  if (!std::exchange(empty_, false)) std::cout << ',';
  std::cout << plain_text(object);
}

void TableRows::add(std::vector<std::string> row, bool dimmed) {
  constexpr std::size_t kRowsAtATime = 1000;
  table_.rows.push_back(std::move(row));
  table_.row_dimmed.push_back(dimmed);
  if (table_.rows.size() == kRowsAtATime) flush();
}

void TableRows::flush() {
  widths_ = out_.print(table_, widths_);
  table_.rows.clear();
  table_.row_dimmed.clear();
}

Format to_format(const std::string& name) {
  if (name == "json") return Format::kJson;
  return name == "jsonl" ? Format::kJsonl : Format::kText;
}

boost::json::value to_json(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return boost::json::value(to_rfc3339(*time));
}

}  // namespace restante::console
