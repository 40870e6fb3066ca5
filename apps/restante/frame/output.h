// Output as the other commands name it, and the version of the JSON that they print.
#pragma once

#include "console/output.h"

namespace restante::cli {

using console::Asked;
using console::Format;
using console::JsonList;
using console::Output;
using console::to_json;

/// In each object that stands for itself, as "version" (docs/json.md).
inline constexpr int kJsonVersion = 2;

}  // namespace restante::cli
