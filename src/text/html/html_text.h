// HTML of mail as plain text: paragraphs, lists and tables become lines; what is not shown is left
// out. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::text {

enum class Links : std::uint8_t {
  kLeftOut,
  kShown,  ///< As <https://…> behind their text, when that says something else.
};

/// `html` is UTF-8. At most `bytes_max` bytes, then it is cut.
std::string html_to_text(std::string_view html, Links links, std::size_t bytes_max);

}  // namespace restante::text
