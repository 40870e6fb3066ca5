#include "net/blocking_pool.h"

#include <future>

#include "net/test_support.h"

namespace restante::net {
namespace {

TEST_F(ConnectionTest, WorkRunsElsewhereAndComesBack) {
  BlockingPool pool(2);
  std::thread::id worked;
  std::thread::id before;
  std::thread::id after;
  TestPeer peer = start([&](Connection&) -> Task<Status> {
    before = std::this_thread::get_id();
    auto work = [&worked] {
      worked = std::this_thread::get_id();
      return std::string("done");
    };
    const std::string result = co_await pool.run(work);
    after = std::this_thread::get_id();
    if (result != "done") co_return Error(Errc::kState);
    co_return ok();
  });
  EXPECT_TRUE(await_end());
  EXPECT_EQ(before, after);
  EXPECT_NE(before, worked);
  pool.join();
}

TEST_F(ConnectionTest, TellsHowLongEachWorkHasWaited) {
  BlockingPool pool(1);
  std::atomic<int> told = 0;
  pool.tell_waits([&told](std::chrono::nanoseconds waited) {
    if (waited.count() > 0) ++told;
  });
  start([&](Connection&) -> Task<Status> {
    auto work = [] { return 1; };
    co_await pool.run(work);
    const auto fair = co_await pool.run_fair(1, work);
    co_await pool.run_for(Errand::kOwner, 1, work);
    co_return fair ? ok() : Status(Error(Errc::kState));
  });
  EXPECT_TRUE(await_end());
  EXPECT_EQ(told, 3);
  pool.join();
}

TEST_F(ConnectionTest, WorkRunsTogetherAndWhatItPostsComesFirst) {
  BlockingPool pool(3);
  std::atomic<int> worked = 0;
  int posted = 0;
  int posted_before = 0;
  start([&](Connection& connection) -> Task<Status> {
    auto work = [&] {
      ++worked;
      connection.worker().post([&] { ++posted; });
    };
    co_await pool.run_together(Errand::kMail, 1, 8, work);
    posted_before = posted;
    co_return ok();
  });
  EXPECT_TRUE(await_end());
  EXPECT_EQ(worked, 8);
  EXPECT_EQ(posted_before, 8);
  pool.join();
}

// One thread, held by the first job: what waits behind it is taken in turns, and what finds no room
// is told so.
TEST_F(ConnectionTest, FairWorkTakesTurnsAndIsBounded) {
  BlockingPool pool(1, 3);
  std::mutex mutex;
  std::vector<std::string> order;
  std::promise<void> started;
  std::promise<void> go_on;
  const auto bring = [&](std::uint64_t source, std::string name) -> Task<void> {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto work = [&, name] {
      if (name == "first") {
        started.set_value();
        go_on.get_future().wait();
      }
      const std::lock_guard lock(mutex);
      order.push_back(name);
      return 0;
    };
    const std::optional<int> done = co_await pool.run_fair(source, work);
    const std::lock_guard lock(mutex);
    if (!done) order.push_back("no room for " + name);
  };
  start([&](Connection& connection) -> Task<Status> {
    Worker& worker = connection.worker();
    worker.spawn(bring(1, "first"));
    started.get_future().wait();
    for (const char* name : {"flood1", "flood2", "flood3", "flood4"}) worker.spawn(bring(1, name));
    worker.spawn(bring(2, "guest"));
    go_on.set_value();
    co_return ok();
  });
  EXPECT_TRUE(await_end());
  pool.join();
  const std::vector<std::string> told = {"no room for flood4", "no room for flood3"};
  const std::vector<std::string> worked = {"first", "flood1", "guest", "flood2"};
  std::vector<std::string> done;
  std::vector<std::string> refused;
  for (const std::string& name : order) (name.starts_with("no") ? refused : done).push_back(name);
  EXPECT_EQ(done, worked);
  EXPECT_EQ(refused, told);
}

// Two sources, one of which hangs with all that it brings: the other is served, and the pool is not
// at its end. Then what waited goes on, too.
TEST_F(ConnectionTest, SharedWorkThatHangsStopsNobodyElse) {
  BlockingPool pool(4);
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  std::atomic<int> hung = 0;
  std::atomic<int> served = 0;
  const auto hang = [&]() -> Task<void> {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto work = [&] {
      released.wait();
      return ++hung;
    };
    static_cast<void>(co_await pool.run_for(Errand::kMail, 1, work));
  };
  start([&](Connection& connection) -> Task<Status> {
    for (int i = 0; i < 10; ++i) connection.worker().spawn(hang());
    auto work = [&served] { return ++served; };
    for (int i = 0; i < 10; ++i) static_cast<void>(co_await pool.run_for(Errand::kOwner, 2, work));
    const BlockingPool::Progress progress = pool.progress();
    go_on.set_value();
    if (progress.full || progress.ended < 9) co_return Error(Errc::kState);
    co_return ok();
  });
  EXPECT_TRUE(await_end());
  pool.join();
  EXPECT_EQ(served, 10);
  EXPECT_EQ(hung, 10);
}

// The forms of co_await that the project uses, each of which some compiler has got wrong
// (docs/decisions/001-clang.md): a capturing lambda by name, an aggregate by name, a test by name.
struct Aggregate {
  std::string first;
  std::string second;
};

Task<std::string> join(Aggregate value) { co_return value.first + value.second; }
Task<bool> yes() { co_return true; }

TEST_F(ConnectionTest, CoroutineCanary) {
  std::string text;
  start([&](Connection&) -> Task<Status> {
    Aggregate value{std::string(100, 'a'), std::string(100, 'b')};
    text = co_await join(std::move(value));
    const bool more = co_await yes();
    if (!more) co_return Error(Errc::kState);
    co_return ok();
  });
  EXPECT_TRUE(await_end());
  EXPECT_EQ(text, std::string(100, 'a') + std::string(100, 'b'));
}

}  // namespace
}  // namespace restante::net
