// How a program says that something failed: one line on stderr that says what to do. Which exit
// code goes with it is the program's own.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace restante::console {

/// The error for people: its detail, or what its code means, and what helps.
std::string explain(const Error& error);

/// Prints "PROGRAM: message" to stderr, with control characters made harmless.
void tell_failure(std::string_view program, std::string_view message);
/// Prints lines that stand for themselves ("FILE:LINE: what").
void tell_lines(std::string_view lines);

}  // namespace restante::console
