// Threads that wait for accounts which are elsewhere. Logins, passwords and mail have turns of
// their own, and so have the passwords of each back end: a burst of one kind holds up no other.
// There are as many threads as questions are taken at once. Weak: of several back ends a slow one
// that is not down may have all threads for look-ups.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "accounts/directory.h"
#include "base/limits.h"
#include "net/blocking_pool.h"

namespace restante::server {

class AccountPools {
 public:
  enum class Kind : std::uint8_t { kLogins, kMail, kPasswords };

  /// `directory` is only asked for its numbers.
  explicit AccountPools(const accounts::Directory& directory)
      : logins_(sum_of(directory), limits::kLookupsWaitingMax),
        mail_(directory.is_slow() ? accounts::kQuestionsOfMail : 1, limits::kLookupsWaitingMax) {
    for (const std::size_t count : directory.questions_at_once())
      passwords_.push_back(std::make_unique<net::BlockingPool>(count, limits::kLookupsWaitingMax));
  }

  /// For looking accounts up, by the errand that asks.
  net::BlockingPool& lookups(net::Errand errand) {
    return errand == net::Errand::kMail ? mail_ : logins_;
  }
  /// Passwords that this back end (Account::source) checks itself.
  net::BlockingPool& passwords(std::uint32_t source) {
    return *passwords_.at(std::min<std::size_t>(source, passwords_.size() - 1));
  }

  /// `tell`: each pool with its name. Before any work.
  template <typename Tell>
  void for_each(const Tell& tell) {
    tell(logins_, Kind::kLogins);
    tell(mail_, Kind::kMail);
    for (const auto& pool : passwords_) tell(*pool, Kind::kPasswords);
  }

  /// As BlockingPool::started().
  [[nodiscard]] Status started() const {
    RESTANTE_CHECKED(logins_.started());
    for (const auto& pool : passwords_) RESTANTE_CHECKED(pool->started());
    return mail_.started();
  }

  /// Waits for the work under way.
  void join() {
    logins_.join();
    for (const auto& pool : passwords_) pool->join();
    mail_.join();
  }

 private:
  static std::size_t sum_of(const accounts::Directory& directory) {
    const auto counts = directory.questions_at_once();
    return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  }

  net::BlockingPool logins_;
  std::vector<std::unique_ptr<net::BlockingPool>> passwords_;  ///< By back end.
  net::BlockingPool mail_;
};

}  // namespace restante::server
