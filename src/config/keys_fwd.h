// The name of a list of keys, for headers that only say that there is one: keys.h has the rest.
#pragma once

#include <vector>

namespace restante::config {

template <typename Table>
struct Key;
template <typename Table>
using Keys = std::vector<Key<Table>>;

}  // namespace restante::config
