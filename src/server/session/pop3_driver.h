// Drives one POP3 session: reads, writes, logs in, sends messages and commits for the sans-IO
// pop3::ServerSession, which decides everything.
#pragma once

#include <memory>
#include <set>

#include "base/check.h"
#include "maildrop/store.h"
#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/driver.h"
#include "server/common/session_context.h"
#include "server/common/use_meter.h"
#include "server/login/login_guard.h"
#include "server/session/message_sender.h"
#include "server/session/pop3_tally.h"

namespace restante::server {

/// The store's session as the protocol wants to see it.
class MaildropListing : public pop3::Listing {
 public:
  explicit MaildropListing(const maildrop::Session& session) : session_(session) {}
  [[nodiscard]] std::uint32_t count() const override { return session_.count(); }
  [[nodiscard]] std::uint64_t total_octets() const override { return session_.total_octets(); }
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override {
    return session_.info(number).octets;
  }
  void append_uid(MessageNumber number, std::string& out) const override {
    session_.append_uid(number, out);
  }
  [[nodiscard]] bool needs_utf8(MessageNumber number) const override {
    return session_.info(number).flags.utf8_header;
  }

 private:
  const maildrop::Session& session_;  // Not owned; the driver holds it.
};

class Pop3Driver : public Driver {
 public:
  explicit Pop3Driver(SessionContext& context);

  net::Task<Status> run() override;

 private:
  static constexpr std::uint32_t kAnswersATurn = 16;

  Status send_answers();
  /// A slow peer has to take the rest, a limited account to pay, or others of this thread have
  /// their turn.
  bool must_catch_up() {
    return !session_.output().empty() || meter_.owes() || ++answers_ % kAnswersATurn == 0;
  }
  net::Task<Status> catch_up();
  bool perform_now(const pop3::Effect& effect);
  net::Task<Status> perform(pop3::Effect& effect);
  /// An effect that never comes to perform().
  static net::Task<Status> done_before() {
    RESTANTE_CHECK(false);
    co_return ok();
  }
  net::Task<Status> flush();
  net::Task<Status> start_tls();
  net::Task<Status> authenticate(pop3::Credentials& credentials);
  net::Task<Status> fetch_keys(pop3::FetchKeys wanted);
  net::Task<Status> send(pop3::SendMessage request);
  void message_sent(const pop3::SendMessage& request, const Status& sent);
  net::Task<Status> commit(std::vector<MessageNumber> deleted);
  /// The lock is free before the client hears that the session is over.
  net::Task<Status> close() {
    place_.reset();
    maildrop_.reset();
    quit_ = true;
    return flush();
  }
  void say_why(const Error& error);

  SessionContext& context_;
  std::unique_ptr<const pop3::ServerSettings> own_settings_;  ///< Null: those of all sessions.
  pop3::ServerSession session_;
  MessageSender sender_{context_.connection, context_.services.disk_pool, session_};
  std::unique_ptr<maildrop::Session> maildrop_;
  std::unique_ptr<MaildropListing> listing_;
  UseMeter meter_{context_};
  Pop3Tally tally_{context_};
  Pop3Sessions::Place place_;  ///< From the login to the end. Names itself by the tally's account.
  maildrop::Retention retention_;        ///< Of the account.
  std::set<MessageNumber> to_remember_;  ///< Retrieved, where retention counts from there.
  std::unique_ptr<ScramExchange> scram_;
  std::uint32_t answers_ = 0;
  bool quit_ = false;
};

}  // namespace restante::server
