// Drives one SMTP or LMTP session: reads, writes, looks recipients up, spools and delivers for the
// sans-IO smtp::ServerSession, which decides everything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/asio.h"
#include "server/destinations.h"
#include "server/driver.h"
#include "server/quota.h"
#include "server/session_context.h"
#include "server/spool.h"
#include "smtp/server_session.h"

namespace restante::server {

class SmtpDriver : public Driver {
 public:
  SmtpDriver(SessionContext& context, smtp::Dialect dialect);

  net::Task<Status> run() override;

 private:
  net::Task<Status> need_input();
  net::Task<Status> flush();
  net::Task<Status> start_tls();
  net::Task<Status> store_piece(smtp::StorePiece piece);
  net::Task<Status> deliver(smtp::Deliver request);
  net::Task<void> check_recipient(smtp::CheckRecipient request);
  bool have_no_room(const std::vector<QuotaHolder>& holders, const smtp::CheckRecipient& request);
  smtp::Recipient refuse_recipient(const std::string& address, const Error& reason);
  [[nodiscard]] QuotaBook quotas() const {
    return {context_.services.directory, context_.settings->config};
  }

  SessionContext& context_;
  const smtp::ServerSettings& settings_;
  smtp::ServerSession session_;
  std::unique_ptr<Spool> spool_;
  std::uint64_t mails_ = 0;
  bool quit_ = false;
};

}  // namespace restante::server
