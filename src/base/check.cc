#include "base/check.h"

#include <fmt/core.h>
#include <cstdio>
#include <cstdlib>

namespace restante {

void check_failed(std::string_view condition, std::string_view file, int line) {
  fmt::print(stderr, "restante: broken invariant: {} at {}:{}\n", condition, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace restante
