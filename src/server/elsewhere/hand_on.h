// Hands a mail on, by LMTP, to where its recipients live. It is done for a recipient when its
// server has said 250; in every doubt it must be tried again, since a second copy is better than
// none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "mail/trace.h"
#include "maildrop/store.h"
#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/elsewhere/homes.h"
#include "smtp/mail_client.h"

namespace restante::server {

/// The mail to hand on; none of it is owned.
struct MailToHandOn {
  const smtp::Envelope& envelope;
  const mail::TraceValues& trace;
  maildrop::Source& body;  ///< In wire form, without the final dot.
  std::uint64_t octets = 0;
  bool body_is_near = false;  ///< In memory: reading it waits for no disk.
  std::uint64_t source = 0;   ///< The source whose share of the disk's threads reading takes.
  WallTime now{};
};

/// One answer for each of `recipients`, which are addresses at `intake`. Logged and counted. The
/// references outlive the coroutine.
net::Task<std::vector<smtp::MailAnswer>> hand_on(SessionContext& context, FarIntake& intake,
                                                 const MailToHandOn& mail,
                                                 std::vector<std::string> recipients);

/// Whether the mail has been through too many servers: it goes round in a loop between them
/// (RFC 5321 s.6.3). Counts the Received fields at its beginning.
bool goes_round(std::string_view beginning);

}  // namespace restante::server
