// What a ConnectionPool asks of a connection to a back end, and what each of them is: one thread's
// at a time, never copied, of no use once it broke.
#pragma once

namespace restante::accounts {

class PooledConnection {
 public:
  PooledConnection(const PooledConnection&) = delete;
  PooledConnection& operator=(const PooledConnection&) = delete;

  /// Of no use any more.
  [[nodiscard]] bool broken() const { return broken_; }
  /// Broken because no answer came in time.
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 protected:
  PooledConnection() = default;
  ~PooledConnection() = default;

  bool broken_ = false;
  bool timed_out_ = false;
};

}  // namespace restante::accounts
