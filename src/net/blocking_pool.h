// Threads for work that blocks: the disk, and password hashes. A coroutine hands a function over
// and goes on, on its own worker's thread, when it has returned. Never on the polling path.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>

#include "net/asio.h"
#include "net/fair_queue.h"

namespace restante::net {

class BlockingPool {
 public:
  /// `waiting_max` holds for run_fair() alone.
  explicit BlockingPool(std::size_t threads, std::size_t waiting_max = 1024)
      : queue_(waiting_max), pool_(threads) {}

  /// co_await pool.run(work): work() on a thread of the pool; its result on this coroutine's
  /// executor. `work` must not throw; it may point to the awaiting coroutine's locals.
  template <typename Work>
  Task<std::invoke_result_t<Work&>> run(Work work) {
    using Value = std::invoke_result_t<Work&>;
    std::optional<Value> value;
    auto start = [this, &value, &work](auto handler) {
      asio::post(pool_, [job = make_job(value, work, std::move(handler))] { job->end(true); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
    co_return std::move(*value);
  }

  /// The same, but sources take turns, whatever each of them has brought; nullopt: too much waits,
  /// and most of it is this source's.
  template <typename Work>
  Task<std::optional<std::invoke_result_t<Work&>>> run_fair(std::uint64_t source, Work work) {
    std::optional<std::invoke_result_t<Work&>> value;
    auto start = [this, source, &value, &work](auto handler) {
      offer(source, make_job(value, work, std::move(handler)));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
    co_return value;
  }

  /// `work`, which outlives this, `times` times at once, each on a thread of the pool as far as
  /// there are any; goes on when all of them have ended. What they post to this coroutine's
  /// executor is done by then.
  template <typename Work>
  Task<void> run_together(std::size_t times, Work& work) {
    auto start = [this, times, &work](auto handler) {
      const auto all = std::make_shared<Together<decltype(handler)>>(times, std::move(handler));
      for (std::size_t i = 0; i < times; ++i)
        asio::post(pool_, [all, &work] {
          work();
          all->one_ended();
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
  }

  /// Waits for the work under way; nothing may be handed over afterwards.
  void join() { pool_.join(); }

 private:
  class Job {
   public:
    virtual ~Job() = default;
    /// Does the work if it may, and lets the coroutine go on.
    virtual void end(bool may_work) = 0;
  };
  using JobPtr = std::shared_ptr<Job>;

  /// Lets the coroutine go on when the last of several has ended.
  template <typename Handler>
  class Together {
   public:
    Together(std::size_t count, Handler handler)
        : left_(count),
          executor_(asio::get_associated_executor(handler)),
          keep_(executor_),
          handler_(std::move(handler)) {}
    void one_ended() {
      if (--left_ == 0) asio::post(executor_, std::move(handler_));
    }

   private:
    using HandlerExecutor = asio::associated_executor_t<Handler>;
    std::atomic<std::size_t> left_;
    HandlerExecutor executor_;
    asio::executor_work_guard<HandlerExecutor> keep_;
    Handler handler_;
  };

  template <typename Value, typename Work, typename Handler>
  class JobOf : public Job {
   public:
    JobOf(std::optional<Value>& value, Work& work, Handler handler)
        : value_(value),
          work_(work),
          executor_(asio::get_associated_executor(handler)),
          keep_(executor_),
          handler_(std::move(handler)) {}
    void end(bool may_work) override {
      if (may_work) value_.emplace(work_());
      asio::post(executor_, std::move(handler_));
    }

   private:
    using HandlerExecutor = asio::associated_executor_t<Handler>;
    std::optional<Value>& value_;
    Work& work_;
    HandlerExecutor executor_;
    asio::executor_work_guard<HandlerExecutor> keep_;
    Handler handler_;
  };

  template <typename Value, typename Work, typename Handler>
  static JobPtr make_job(std::optional<Value>& value, Work& work, Handler handler) {
    return std::make_shared<JobOf<Value, Work, Handler>>(value, work, std::move(handler));
  }

  void offer(std::uint64_t source, JobPtr job) {
    std::unique_lock lock(mutex_);
    const auto without_room = queue_.push(source, std::move(job));
    lock.unlock();
    if (without_room)
      (*without_room)->end(false);
    else
      asio::post(pool_, [this] { run_next(); });  // As many as there are jobs.
  }

  void run_next() {
    std::unique_lock lock(mutex_);
    const auto job = queue_.pop();
    lock.unlock();
    if (job) (*job)->end(true);
  }

  std::mutex mutex_;
  FairQueue<JobPtr> queue_;
  asio::thread_pool pool_;
};

}  // namespace restante::net
