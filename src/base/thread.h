// A thread that perhaps cannot be made: a process has a limit of threads and of memory.
#pragma once

#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "base/result.h"

namespace restante {

/// `work` on a thread of its own; the caller joins it. Errors: kLimit: the detail begins with the
/// system's word for it.
template <typename Work>
Result<std::thread> start_thread(Work work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error& failure) {
    return Error(Errc::kLimit, "no more threads: " + failure.code().message());
  } catch (const std::bad_alloc&) {
    return Error(Errc::kLimit, "no more threads: no memory for another");
  }
}

}  // namespace restante
