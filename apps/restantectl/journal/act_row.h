// An act as `restantectl journal` shows it: a row for people, an object for programs.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/act.h"

namespace restante::ctl {

std::vector<std::string> act_header();
/// As many as act_header() has.
std::vector<std::string> act_row(const journal::Act& act);
/// Keys as the journal's lines have them; texts that are empty are not in it.
boost::json::object act_object(const journal::Act& act);

/// "2026-11-30", "2026-11-30T10:28", "2026-11-30T10:28:06", each also with "Z": UTC.
std::optional<WallTime> parse_moment(std::string_view text);

}  // namespace restante::ctl
