// Memory for arrays that may be large and short-lived: from the heap while they are small, pages of
// their own from the system above that. A released page goes back to the system from any thread;
// the heap would keep it, once for each thread's arena.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>

namespace restante {

inline constexpr std::size_t kPageArrayBytesMin = 256U << 10;

template <typename T>
concept PlainData = std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>;

/// All bytes zero or value-initialized: the caller writes an element before he reads it. Throws
/// std::bad_alloc.
template <PlainData T>
T* allocate_array(std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  if (bytes < kPageArrayBytesMin) return new T[count];
  void* const pages =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return static_cast<T*>(pages);
}

/// `array` is allocate_array<T>(count)'s, or null.
template <PlainData T>
void release_array(T* array, std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  if (array == nullptr || bytes < kPageArrayBytesMin) {
    delete[] array;
  } else {
    ::munmap(array, bytes);
  }
}

}  // namespace restante
