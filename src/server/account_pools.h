// Threads that wait for accounts which are elsewhere. Logins, passwords and mail have turns of
// their own: a burst of one kind holds up no other. There are as many threads as the directory
// takes questions at once, so that none of them waits for a connection.
#pragma once

#include "accounts/directory.h"
#include "base/limits.h"
#include "net/blocking_pool.h"

namespace restante::server {

class AccountPools {
 public:
  /// `directory` is only asked for its numbers.
  explicit AccountPools(const accounts::Directory& directory)
      : logins_(questions_of(directory), limits::kLookupsWaitingMax),
        passwords_(questions_of(directory), limits::kLookupsWaitingMax),
        mail_(directory.is_slow() ? accounts::kQuestionsOfMail : 1, limits::kLookupsWaitingMax) {}

  /// Who has an account: by whom it is asked for.
  net::BlockingPool& lookups(net::Errand errand) {
    return errand == net::Errand::kMail ? mail_ : logins_;
  }
  /// Passwords that the back end checks itself.
  net::BlockingPool& passwords() { return passwords_; }

  /// As BlockingPool::started().
  [[nodiscard]] Status started() const {
    for (const net::BlockingPool* pool : {&logins_, &passwords_, &mail_})
      RESTANTE_CHECKED(pool->started());
    return ok();
  }

  /// Waits for the work under way.
  void join() {
    logins_.join();
    passwords_.join();
    mail_.join();
  }

 private:
  static std::size_t questions_of(const accounts::Directory& directory) {
    return directory.is_slow() ? directory.questions_at_once() : 1;
  }

  net::BlockingPool logins_;
  net::BlockingPool passwords_;
  net::BlockingPool mail_;
};

}  // namespace restante::server
