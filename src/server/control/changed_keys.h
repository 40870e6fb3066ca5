// What a reload changes: which keys have another value in the configuration, and which of them are
// read at a start alone. Names only: a value may be a password.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace restante::control {

/// The dotted names of the keys that differ between two documents, sorted. Tables in an array
/// ([[listen]]) are one key.
std::vector<std::string> changed_keys(const config::Node& before, const config::Node& after);

/// This key, or the table that it is in, is read at a start alone.
bool needs_restart(std::string_view key);

/// For tests: the keys and tables that needs_restart() knows.
std::span<const std::string_view> start_keys();

}  // namespace restante::control
