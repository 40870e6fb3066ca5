#include "restantectl/output.h"

#include <boost/json/serialize.hpp>
#include <iostream>

#include "console/terminal.h"

namespace restante::ctl {

Output::Output(Format format) : format_(format), colour_(console::wants_colour()) {}

void Output::print(const boost::json::object& object) const {
  std::cout << boost::json::serialize(object) << '\n';
}

void Output::line(std::string_view text) const { std::cout << text << '\n'; }

void Output::note(std::string_view text) const {
  if (!json()) std::cerr << text << '\n';
}

boost::json::value to_json(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return boost::json::value(to_rfc3339(*time));
}

}  // namespace restante::ctl
