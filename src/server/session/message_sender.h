// Sends one message of a maildrop behind a session's +OK: whole (RETR) or its top (TOP), straight
// from the store's wire form, with bounded memory and in few writes.
#pragma once

#include "maildrop/store.h"
#include "net/asio.h"
#include "net/blocking_pool.h"
#include "net/connection.h"
#include "pop3/server_session.h"

namespace restante::server {

class MessageSender {
 public:
  /// None of it is owned; all of it outlives the sender, which sends one message after the other.
  MessageSender(net::Connection& connection, net::BlockingPool& disk_pool,
                pop3::ServerSession& session)
      : connection_(connection), disk_pool_(disk_pool), session_(session) {}

  /// Answers the request: -ERR when the message cannot be had, otherwise +OK, the message and the
  /// final dot, the end of it left in session.output() for the caller to send. An error means that
  /// the connection must be closed: kCorrupt and kIo (the message broke off in the middle; the
  /// final dot was not sent), or the connection's. sent_bytes() gives the octets that went out.
  net::Task<Status> send(maildrop::Session& maildrop, pop3::SendMessage request);
  /// The same at once, for a whole message that is small and in memory, as nearly all are. False:
  /// nothing was done, and send() must do it.
  bool send_cached(maildrop::Session& maildrop, const pop3::SendMessage& request);

  /// Why the last message was refused by -ERR; ok() when it was sent.
  [[nodiscard]] const Status& refused() const { return refused_; }
  [[nodiscard]] std::uint64_t sent_bytes() const { return sent_bytes_; }
  /// Nothing of the last message was left out: TOP may ask for more lines than there are.
  [[nodiscard]] bool sent_whole() const { return sent_bytes_ == whole_bytes_; }

 private:
  net::Task<Result<std::size_t>> read(maildrop::MessageReader& reader, std::string& chunk);
  net::Task<Status> send_rest(maildrop::MessageReader& reader, pop3::SendMessage request,
                              std::string chunk);

  net::Connection& connection_;
  net::BlockingPool& disk_pool_;
  pop3::ServerSession& session_;
  Status refused_ = ok();
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t whole_bytes_ = 0;
  std::uint64_t read_bytes_ = 0;  ///< Of the message: beyond TOP's cut more than was sent.
};

}  // namespace restante::server
