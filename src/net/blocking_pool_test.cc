#include "net/blocking_pool.h"

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
