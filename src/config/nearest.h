// The known name that a mistyped one probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace restante::config {

/// The nearest of `names` when at most a third of it differs (letters changed, left out, added or
/// swapped); empty when none is near. The first of equally near ones.
std::string nearest(std::string_view name, std::span<const std::string> names);

}  // namespace restante::config
