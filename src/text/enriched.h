// text/enriched (RFC 1896) and its elder text/richtext as plain text: without their commands, with
// the lines that they mean. Pure; linear.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// `enriched` is UTF-8.
std::string enriched_to_text(std::string_view enriched);

}  // namespace restante::text
