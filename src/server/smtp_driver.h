// Drives one SMTP or LMTP session: reads, writes, looks recipients up, spools and delivers for the
// sans-IO smtp::ServerSession, which decides everything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/asio.h"
#include "server/delivery.h"
#include "server/destinations.h"
#include "server/disk_room.h"
#include "server/driver.h"
#include "server/mail_source.h"
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
  net::Task<smtp::Recipient> check_recipient(smtp::CheckRecipient request);
  smtp::Recipient refuse_recipient(const std::string& address, const Error& reason);
  template <typename Work>
  auto on_disk(std::uint64_t source, Work work) {
    return context_.services.disk_pool.run_for(net::Errand::kMail, source, work);
  }
  [[nodiscard]] Status check_room(std::uint64_t bytes) const {
    const config::Config& config = context_.settings->config;
    return server::check_room(config.data_dir, config.maildrop.reserve, bytes);
  }
  [[nodiscard]] QuotaBook quotas() const {
    return {context_.services.directory, context_.settings->config.maildrop};
  }
  [[nodiscard]] mail::TraceValues trace_values(const smtp::Envelope& envelope) const;
  void log_delivery(const smtp::Envelope& envelope, const DeliveryReport& report) const;

  SessionContext& context_;
  const smtp::ServerSettings& settings_;
  smtp::ServerSession session_;
  std::unique_ptr<Spool> spool_;
  MailSource source_;
  std::uint64_t mails_ = 0;
  bool quit_ = false;
};

}  // namespace restante::server
