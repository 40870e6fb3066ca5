// Drives one SMTP or LMTP session: reads, writes, looks recipients up, spools and delivers for the
// sans-IO smtp::ServerSession, which decides everything.
#pragma once

#include <string>
#include <vector>

#include "net/asio.h"
#include "server/common/driver.h"
#include "server/common/session_context.h"
#include "server/delivery/destinations.h"
#include "server/delivery/mail_source.h"
#include "server/delivery/mail_spool.h"
#include "server/delivery/quota.h"
#include "server/delivery/recipient_check.h"
#include "server/session/smtp_stranger.h"
#include "smtp/server_session.h"

namespace restante::server {

class SmtpDriver : public Driver {
 public:
  SmtpDriver(SessionContext& context, smtp::Dialect dialect);

  net::Task<Status> run() override;

 private:
  net::Task<Status> perform(smtp::Effect& effect);
  net::Task<Status> need_input();
  net::Task<Status> flush();
  net::Task<Status> store(smtp::StorePiece piece);
  net::Task<Status> start_tls();
  net::Task<Status> deliver(smtp::Deliver request);
  net::Task<Status> take_recipient(smtp::CheckRecipient request);
  net::Task<void> check_recipient(smtp::CheckRecipient request);
  net::Task<Status> name_client(smtp::NameClient named);
  net::Task<Status> close();
  Result<CheckedRecipient> look_up(const std::string& address);
  bool have_no_room(const std::vector<QuotaHolder>& holders, const smtp::CheckRecipient& request);
  smtp::Recipient refuse_recipient(const std::string& address, const Error& reason);
  template <typename Work>
  auto on_disk(std::uint64_t source, Work work) {
    return context_.services.disk_pool.run_for(net::Errand::kMail, source, work);
  }
  [[nodiscard]] QuotaBook quotas() const {
    return {context_.services.directory, context_.settings->config};
  }

  SessionContext& context_;
  const smtp::ServerSettings& settings_;
  smtp::ServerSession session_;
  SmtpStranger stranger_{context_};
  MailSpool spool_;
  MailSource source_;
  std::string place_;  ///< Where the mail of the recipients goes (SMTP): places_of().
  std::uint64_t mails_ = 0;
  bool quit_ = false;
};

}  // namespace restante::server
