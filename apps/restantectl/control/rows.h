// What the server answers, as rows for people. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "console/table.h"

namespace restante::ctl {

/// The member as text; empty where it is not there, or none.
std::string text_in(const boost::json::object& object, std::string_view key);
/// The member as a count; 0 where it is not there, or none.
std::uint64_t count_in(const boost::json::object& object, std::string_view key);
/// Whether it is there and true.
bool flag_in(const boost::json::object& object, std::string_view key);
/// The objects in the array of this name; none where there is none.
std::vector<boost::json::object> objects_in(const boost::json::object& object,
                                            std::string_view key);
std::vector<std::string> texts_in(const boost::json::object& object, std::string_view key);

/// "2d 3h", "3h 20m", "20m", "12s".
std::string span_text(std::uint64_t seconds);
/// To the second, for tables: "2026-11-30T10:28:06".
std::string short_time(const std::string& rfc3339);

console::Table session_table(const std::vector<boost::json::object>& sessions);
/// A name and what is to say of it.
using Facts = std::vector<std::pair<std::string, std::string>>;
/// In two columns, each in one line and harmless.
std::vector<std::string> to_lines(const Facts& facts);

Facts status_facts(const boost::json::object& status);
/// Addresses with failures and refusals.
console::Table worst_table(const boost::json::object& status);

}  // namespace restante::ctl
