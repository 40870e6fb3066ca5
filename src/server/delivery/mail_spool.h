// The mail that a session is bringing, and the address that its octets count for. An address holds
// a bounded part of memory and disk, and octets that are of no use any more give their room back at
// once.
#pragma once

#include <memory>
#include <string_view>

#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/delivery/spool.h"
#include "smtp/server_session.h"

namespace restante::server {

class MailSpool {
 public:
  /// `context` outlives it. `protocol` is static: for the log.
  MailSpool(SessionContext& context, std::string_view protocol)
      : context_(context), protocol_(protocol) {}
  ~MailSpool() { drop(); }
  MailSpool(const MailSpool&) = delete;
  MailSpool& operator=(const MailSpool&) = delete;

  /// Keeps a piece; after an error nothing of the mail is kept. Errors: kFull (the disk, or
  /// limits.spool_per_address), kIo.
  net::Task<Status> store(smtp::StorePiece piece);
  /// The octets that were kept; an empty spool when there were none.
  Spool& whole();
  void drop();

 private:
  Status take(std::string_view bytes);

  SessionContext& context_;
  std::string_view protocol_;
  std::unique_ptr<Spool> spool_;
  guard::Peer counted_for_;
  std::uint64_t counted_ = 0;  // Octets.
};

}  // namespace restante::server
