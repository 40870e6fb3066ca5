#include "restante/output.h"

#include <boost/json/serialize.hpp>
#include <iostream>

#include "base/utf8.h"
#include "console/harmless.h"
#include "console/terminal.h"

namespace restante::cli {
namespace {

/// With the version before all else. Octets that are no UTF-8 can only be in strings.
std::string text_of(const boost::json::object& object) {
  std::string text = console::escaped_json(to_utf8(boost::json::serialize(object)));
  const std::string version = "\"version\":" + std::to_string(kJsonVersion);
  return text.insert(1, object.empty() ? version : version + ",");
}

}  // namespace

Output::Output(Format format, bool quiet)
    : format_(format), quiet_(quiet), colour_(format == Format::kText && console::wants_colour()) {}

void Output::print(const boost::json::object& object) const {
  std::cout << text_of(object) << '\n';
}

void Output::line(std::string_view text) const { std::cout << console::harmless(text) << '\n'; }

void Output::styled_line(std::string_view text) const { std::cout << text << '\n'; }

void Output::flush() const { std::cout.flush(); }

void Output::note(std::string_view text) const {
  if (!quiet_) std::cerr << console::harmless(text) << '\n';
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
  std::cout << text_of(object);
  if (!is_array_) std::cout << '\n';
  empty_ = false;
}

boost::json::value to_json(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return boost::json::value(to_rfc3339(*time));
}

}  // namespace restante::cli
