// The text of office documents: Office Open XML (ECMA-376: docx, xlsx, pptx) and OpenDocument (odt,
// ods, odp). Which of them it is its files' names say. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// UTF-8, a line for each paragraph or cell, at most about `bytes_max` bytes; empty: there is none.
std::string office_text(std::string_view octets, std::size_t bytes_max);

}  // namespace restante::text
