// The model in words, for the report of a violation.
#pragma once

#include <string>

#include "sim/model.h"

namespace restante::sim {

/// "either 0 -1 ?2 or …": here, deleted, uncertain through damage; the others never were.
std::string describe(const Model& model);

}  // namespace restante::sim
