// Threads for work that blocks: the disk, and password hashes. A coroutine hands a function over
// and goes on, on its own worker's thread, when it has returned. Never on the polling path.
#pragma once

#include <optional>
#include <type_traits>

#include "net/asio.h"

namespace restante::net {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : pool_(threads) {}

  /// co_await pool.run(work): work() on a thread of the pool; its result on this coroutine's
  /// executor. `work` must not throw; it may point to the awaiting coroutine's locals.
  template <typename Work>
  Task<std::invoke_result_t<Work&>> run(Work work) {
    using Value = std::invoke_result_t<Work&>;
    std::optional<Value> value;
    auto start = [this, &value, &work](auto handler) {
      auto executor = asio::get_associated_executor(handler);
      auto keep = asio::make_work_guard(executor);
      auto job = [&value, &work, executor, keep = std::move(keep),
                  handler = std::move(handler)]() mutable {
        value.emplace(work());
        asio::post(executor, std::move(handler));
      };
      asio::post(pool_, std::move(job));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
    co_return std::move(*value);
  }

  /// Waits for the work under way; nothing may be handed over afterwards.
  void join() { pool_.join(); }

 private:
  asio::thread_pool pool_;
};

}  // namespace restante::net
