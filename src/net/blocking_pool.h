// Threads for work that blocks: the disk, and password hashes. A coroutine hands a function over
// and goes on, on its own worker's thread, when it has returned. Never on the polling path.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <vector>

#include "base/thread.h"
#include "net/asio.h"
#include "net/fair_queue.h"
#include "net/share_queue.h"

namespace restante::net {

class BlockingPool {
 public:
  /// `waiting_max` holds for run_fair() alone.
  explicit BlockingPool(std::size_t threads, std::size_t waiting_max = 1024)
      : queue_(waiting_max), shares_(threads) {
    threads_.reserve(threads);
    while (started_ && threads_.size() < threads) {
      auto thread = start_thread([this] { pool_.run(); });
      if (thread)
        threads_.push_back(std::move(*thread));
      else
        started_ = std::move(thread).error();
    }
  }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool() { join(); }

  /// Whether all threads could be made. Errors: kLimit: use it for nothing.
  [[nodiscard]] const Status& started() const { return started_; }

  /// `wait`: told how long each work has waited for its thread, by that thread. Before any work.
  void tell_waits(std::function<void(std::chrono::nanoseconds)> wait) { told_ = std::move(wait); }

  /// co_await pool.run(work): work() on a thread of the pool; its result on this coroutine's
  /// executor. `work` must not throw; it may point to the awaiting coroutine's locals.
  template <typename Work>
  Task<std::invoke_result_t<Work&>> run(Work work) {
    using Value = std::invoke_result_t<Work&>;
    std::optional<Value> value;
    auto start = [this, &value, &work](auto handler) {
      asio::post(pool_, [this, job = make_job(value, work, std::move(handler))] { run_job(*job); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
    co_return std::move(*value);
  }

  /// The same, but sources take turns, those with many jobs and those with one; nullopt: too much
  /// waits, and most of it is this source's.
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

  /// The same, where work may hang for a while: no source can have all threads, nor can one kind
  /// (share_queue.h). Not to be mixed with run() in one pool, whose work takes any thread.
  template <typename Work>
  Task<std::invoke_result_t<Work&>> run_for(Errand errand, std::uint64_t source, Work work) {
    using Value = std::invoke_result_t<Work&>;
    std::optional<Value> value;
    auto start = [this, errand, source, &value, &work](auto handler) {
      share(errand, source, make_job(value, work, std::move(handler)));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
    co_return std::move(*value);
  }

  /// Of run_for()'s work.
  struct Progress {
    bool full = false;        ///< Every thread is at work.
    std::uint64_t ended = 0;  ///< How much has ended since the beginning.
  };
  [[nodiscard]] Progress progress() const {
    const std::lock_guard lock(mutex_);
    return {shares_.is_full(), shares_.ended()};
  }

  /// `work`, which outlives this, `times` times at once, each on a thread of the pool as far as its
  /// source may have any; goes on when all of them have ended. What they post to this coroutine's
  /// executor is done by then.
  template <typename Work>
  Task<void> run_together(Errand errand, std::uint64_t source, std::size_t times, Work& work) {
    auto start = [this, errand, source, times, &work](auto handler) {
      const auto all = std::make_shared<Together<decltype(handler)>>(times, std::move(handler));
      for (std::size_t i = 0; i < times; ++i)
        share(errand, source,
              std::make_shared<PartOf<Work, Together<decltype(handler)>>>(work, all));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start),
                                                                                 kUseTask);
  }

  /// Waits for the work under way; nothing may be handed over afterwards.
  void join() {
    open_.reset();
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }

 private:
  class Job {
   public:
    virtual ~Job() = default;
    /// Does the work if it may, and lets the coroutine go on.
    virtual void end(bool may_work) = 0;
    [[nodiscard]] std::chrono::steady_clock::duration waited() const {
      return std::chrono::steady_clock::now() - handed_over_;
    }

   private:
    const std::chrono::steady_clock::time_point handed_over_ = std::chrono::steady_clock::now();
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

  template <typename Work, typename All>
  class PartOf : public Job {
   public:
    PartOf(Work& work, std::shared_ptr<All> all) : work_(work), all_(std::move(all)) {}
    void end(bool may_work) override {
      if (may_work) work_();
      all_->one_ended();
    }

   private:
    Work& work_;
    std::shared_ptr<All> all_;
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

  void run_job(Job& job) {
    if (told_) told_(job.waited());
    job.end(true);
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
    if (job) run_job(**job);
  }

  void share(Errand errand, std::uint64_t source, JobPtr job) {
    std::unique_lock lock(mutex_);
    auto ready = shares_.push(errand, source, std::move(job));
    lock.unlock();
    if (ready) post_ready(std::move(*ready));
  }

  void post_ready(ShareQueue<JobPtr>::Ready ready) {
    asio::post(pool_, [this, ready = std::move(ready)]() mutable { run_shared(std::move(ready)); });
  }

  /// Goes on with what may run when this has ended; what others may run, too, they are given.
  void run_shared(ShareQueue<JobPtr>::Ready ready) {
    std::optional<ShareQueue<JobPtr>::Ready> mine(std::move(ready));
    while (mine) {
      run_job(*mine->job);
      mine->job.reset();
      std::unique_lock lock(mutex_);
      shares_.ended(mine->errand, mine->source);
      mine = shares_.next();
      while (mine) {
        auto more = shares_.next();
        if (!more) break;
        post_ready(std::move(*more));
      }
    }
  }

  std::function<void(std::chrono::nanoseconds)> told_;  // Empty: not told.
  mutable std::mutex mutex_;
  FairQueue<JobPtr> queue_;
  ShareQueue<JobPtr> shares_;
  asio::io_context pool_;
  asio::executor_work_guard<Executor> open_{pool_.get_executor()};
  Status started_ = ok();
  std::vector<std::thread> threads_;
};

}  // namespace restante::net
