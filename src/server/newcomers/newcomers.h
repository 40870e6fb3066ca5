// Users of other servers who come over at a login ([migrate] on_login): who may, their accounts,
// and the threads that bring their mail. Which step comes when src/migrate/on_login decides.
//
// What is under way stands in the account's route (accounts::kMovingFrom), so that a server that
// was killed knows it, and the next login goes on; messages are told by their unique ids.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "accounts/admin.h"
#include "dial/stop_signal.h"
#include "migrate/on_login/passage.h"
#include "server/common/services.h"
#include "server/newcomers/move.h"

namespace restante::server {

/// Callable from any thread.
class Newcomers {
 public:
  /// Null: [migrate] names no domain. `services` has homes and the outgoing process by now, and
  /// outlives it. Errors: as accounts::open_admin(); kLimit.
  static Result<std::unique_ptr<Newcomers>> open(Services& services,
                                                 const settings::Config& config);
  ~Newcomers() { stop(); }
  Newcomers(const Newcomers&) = delete;
  Newcomers& operator=(const Newcomers&) = delete;

  /// Whether the domain of this canonical name is one of [migrate].
  [[nodiscard]] bool lists(std::string_view name) const;
  /// How long a login waits for its mail.
  [[nodiscard]] std::chrono::seconds patience() const { return settings_.wait; }
  migrate::Crossings& crossings() { return crossings_; }

  /// What is known of a name that is listed and no account. Blocks for the disk. Errors: kIo,
  /// kBusy.
  Result<migrate::Standing> standing_of(const std::string& name);

  /// Makes the account, with the password's hash and the mark that its mail is still to come.
  /// Blocks for a hash and the disk. Logged.
  migrate::Passage::Made make(const std::string& name, const SecretString& password,
                              const Home& home);

  /// A thread brings the mail as soon as one is free.
  std::shared_ptr<Move> begin(Traveller who, std::unique_ptr<migrate::Passage> passage);

  /// Errors: kLimit (threads).
  Status start();
  /// Moves under way end between two messages.
  void stop();

 private:
  Newcomers(Services& services, const settings::Config& config,
            std::unique_ptr<accounts::AccountAdmin> admin, net::StopSignal stop);

  void work();
  void carry(Move& move);
  /// All that the old server lists.
  bool bring(const Traveller& who);
  /// Mail is for here from now on; logins still wait.
  bool turn(const Traveller& who);
  /// What came there meanwhile, `sent` included (MailUnderWay::begun()); then its account is here.
  bool bring_rest(const Traveller& who, std::uint64_t sent);
  /// Unless an operator has set another one meanwhile.
  Status set_route(const Traveller& who, const accounts::Route& route);
  bool fail(const Traveller& who, const Error& error);
  void note(const Traveller& who, const std::string& what);

  Services& services_;
  const settings::Migrate settings_;
  const accounts::SecretSettings secrets_;
  const std::filesystem::path data_dir_;
  const std::uint64_t reserve_;
  migrate::Crossings crossings_;
  const net::StopSignal stop_;

  std::mutex admin_mutex_;
  std::unique_ptr<accounts::AccountAdmin> admin_;  ///< Guarded by admin_mutex_.

  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Move>> waiting_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace restante::server
