// Unpredictable bytes from the kernel: for identities and seeds.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace restante::disk {

/// Fills `target`. Errors: kIo. Callable from any thread.
Status fill_random(MutableBytes target);

}  // namespace restante::disk
