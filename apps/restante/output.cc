#include "restante/output.h"

#include <boost/json/serialize.hpp>
#include <iostream>

#include "console/harmless.h"
#include "console/terminal.h"

namespace restante::cli {

Output::Output(Format format, bool quiet)
    : format_(format), quiet_(quiet), colour_(format == Format::kText && console::wants_colour()) {}

void Output::print(const boost::json::object& object) const {
  std::cout << boost::json::serialize(object) << '\n';
}

void Output::line(std::string_view text) const { std::cout << text << '\n'; }

void Output::flush() const { std::cout.flush(); }

void Output::note(std::string_view text) const {
  if (!quiet_) std::cerr << console::harmless(text) << '\n';
}

JsonList::JsonList(const Output& out) : out_(out) {
  if (out_.format() == Format::kJson) std::cout << '[';
}

JsonList::~JsonList() {
  if (out_.format() == Format::kJson) std::cout << (empty_ ? "]\n" : "\n]\n");
}

void JsonList::add(const boost::json::object& object) {
  if (out_.text()) return;
  if (out_.format() == Format::kJson) std::cout << (empty_ ? "\n" : ",\n");
  std::cout << boost::json::serialize(object);
  if (out_.format() == Format::kJsonl) std::cout << '\n';
  empty_ = false;
}

boost::json::value to_json(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return boost::json::value(to_rfc3339(*time));
}

}  // namespace restante::cli
