// Output as the commands name it: one line of JSON for programs (stable: keys are added, never
// renamed or removed), and then no talk.
#pragma once

#include "console/output.h"

namespace restante::ctl {

using console::Output;
using console::to_json;

}  // namespace restante::ctl
