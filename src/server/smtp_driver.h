// Drives one SMTP or LMTP session: reads, writes, looks recipients up, spools and delivers for the
// sans-IO smtp::ServerSession, which decides everything.
#pragma once

#include <string>
#include <vector>

#include "net/asio.h"
#include "server/delivery.h"
#include "server/destinations.h"
#include "server/disk_room.h"
#include "server/driver.h"
#include "server/mail_spool.h"
#include "server/quota.h"
#include "server/session_context.h"
#include "server/smtp_stranger.h"
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
  net::Task<Status> deliver(smtp::Deliver request);
  net::Task<smtp::Recipient> check_recipient(smtp::CheckRecipient request);
  smtp::Recipient refuse_recipient(const std::string& address, const Error& reason);
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
  SmtpStranger stranger_{context_};
  MailSpool spool_;
  std::uint64_t mails_ = 0;
  bool quit_ = false;
};

}  // namespace restante::server
