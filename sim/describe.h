// The model in words, for the report of a violation.
#pragma once

#include <string>

#include "sim/model.h"

namespace restante::sim {

/// "either 0 -1 ?2 _3 or …": here, deleted, uncertain through damage, never seen by the view; the
/// others never were. "!": its bytes may be gone. Other views each on a line of its own.
std::string describe(const Model& model);

}  // namespace restante::sim
