// From credentials to an open maildrop: the password, the login delay, the one session. The polling
// path (a client that was here before, a maildrop in memory) leaves no thread and asks no disk.
#pragma once

#include <memory>
#include <string>

#include "accounts/directory.h"
#include "accounts/login/scram_keyring.h"
#include "maildrop/store.h"
#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"
#include "server/elsewhere/homes.h"

namespace restante::server {

/// Either a session with its account, here or elsewhere, or why not.
struct LoginOutcome {
  explicit LoginOutcome(pop3::LoginFailure f, std::string d) : failure(f), detail(std::move(d)) {}
  LoginOutcome(accounts::Account a, std::unique_ptr<maildrop::Session> m)
      : account(std::move(a)), maildrop(std::move(m)) {}

  [[nodiscard]] bool succeeded() const { return maildrop != nullptr || there != nullptr; }

  accounts::Account account;  ///< Of one that is only known elsewhere, its name.
  std::unique_ptr<maildrop::Session> maildrop{};  ///< Null: failed, or elsewhere.
  std::string view{};  ///< Of the maildrop, by name; empty: the default one.
  std::unique_ptr<net::Connection> there{};       ///< Logged in at `home`'s server.
  Home home{};
  std::shared_ptr<const void> place_there{};  ///< Kept as long as that session lasts.
  pop3::LoginFailure failure = pop3::LoginFailure::kTemporary;
  std::string detail;     ///< For the log.
  std::string holder;     ///< For the log, of kInUse: " key=value" of the session that has it.
  bool unheard = false;   ///< Refused by [limits], without a look at it.
  bool repeated = false;  ///< The same wrong password as before, which counts once.
};

/// One that failed for this reason.
LoginOutcome failed_login(const Error& error);

/// What the account's logins are counted by for LOGIN-DELAY: each view has its own.
std::string delay_key(const LoginOutcome& outcome);

/// The references outlive the coroutine; `scram` is the last answer of scram_keys() in this
/// session, `check` what the gate has let begin.
net::Task<LoginOutcome> log_in(SessionContext& context, const pop3::Credentials& credentials,
                               const accounts::ScramAnswer& scram, guard::Gate::Check& check);

/// How an account logged in, for the log: the method, the device whose password it was, and the
/// view, if it is not the default one.
std::string method_text(std::string method, const accounts::Account& account,
                        const std::string& view = {});

}  // namespace restante::server
