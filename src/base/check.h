// Broken invariants: on in release too. Never on input and never on the result of I/O.
#pragma once

#include <string_view>

namespace restante {

/// Prints the place and the condition to stderr and aborts.
[[noreturn]] void check_failed(std::string_view condition, std::string_view file, int line);

}  // namespace restante

#define RESTANTE_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::restante::check_failed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define RESTANTE_DCHECK(condition) static_cast<void>(0)
#else
#define RESTANTE_DCHECK(condition) RESTANTE_CHECK(condition)
#endif
