// JSON as text for the index: its strings with what is escaped in them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// The same text, in which \n, \u00e4 and their kind are characters. Of well-formed UTF-8.
std::string json_text(std::string_view json);

}  // namespace restante::text
