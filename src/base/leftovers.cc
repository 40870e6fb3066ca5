#include "base/leftovers.h"

#include <malloc.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace restante {
namespace {

constexpr std::size_t kStackBytes = 32U << 10;
constexpr std::size_t kShallowStackBytes = 4U << 10;

}  // namespace

void wiping_free(void* memory) {
  if (memory != nullptr) ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

void* wiping_realloc(void* memory, std::size_t bytes) {
  if (memory == nullptr) return std::malloc(bytes);
  if (bytes == 0) {
    wiping_free(memory);
    return nullptr;
  }
  const std::size_t before = ::malloc_usable_size(memory);
  if (bytes <= before && bytes >= before / 2) return memory;
  void* const moved = std::malloc(bytes);
  if (moved == nullptr) return nullptr;
  ::memcpy(moved, memory, std::min(before, bytes));
  wiping_free(memory);
  return moved;
}

// Not inlined: its array has to lie where the frames of those who returned lay.
[[gnu::noinline]] void wipe_stack() {
  std::array<char, kStackBytes> below;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ::explicit_bzero(below.data(), below.size());
}

[[gnu::noinline]] void wipe_shallow_stack() {
  std::array<char, kShallowStackBytes> below;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ::explicit_bzero(below.data(), below.size());
}

}  // namespace restante
