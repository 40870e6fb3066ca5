// From a mail that has come in whole to its answers: its destinations, several copies at once, and
// each recipient of LMTP told as soon as its copies are safe; then the log and the counters.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/delivery/archive.h"
#include "server/delivery/delivery.h"
#include "server/delivery/delivery_log.h"
#include "server/delivery/destinations.h"
#include "server/delivery/spool.h"
#include "smtp/server_session.h"

namespace restante::server {

/// Whether this many bytes more may be written (kFull): maildrop.reserve.
Status check_room(const SessionContext& context, std::uint64_t bytes);

class SmtpDelivery {
 public:
  /// None of it is owned; all of it outlives the delivery. `id`: the mail's, for log and trace.
  SmtpDelivery(SessionContext& context, smtp::ServerSession& session, smtp::Dialect dialect,
               std::string id);

  /// The source whose share of the disk's threads it takes (mail_source.h).
  void set_source(std::uint64_t source) { source_ = source; }

  /// Every recipient is answered in the session when it ends; nothing that goes wrong is the
  /// session's end. `spool` has the whole mail.
  net::Task<void> run(smtp::Deliver request, Spool& spool);

 private:
  void prepare(const smtp::Deliver& request, Spool& spool);
  net::Task<void> hand_on_all(const smtp::Deliver& request, Spool& spool);
  net::Task<void> store();
  void find_destinations(const smtp::Envelope& envelope);
  void make_rules();
  void write_trouble(const Copy& copy) const;
  void tell();
  void write_log(const smtp::Envelope& envelope) const;
  void count() const;

  SessionContext& context_;
  smtp::ServerSession& session_;
  const smtp::Dialect dialect_;
  const std::string id_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const bool slow_;  ///< The accounts are elsewhere.
  std::optional<mail::TraceValues> trace_;
  std::optional<Mail> mail_;
  mail::MessageIds ids_;
  Destinations destinations_;
  std::optional<ArchiveCopy> archive_{};  ///< Where there is an archive.
  DeliveryRules rules_;
  std::optional<EnvelopeDelivery> delivery_;
  std::map<std::size_t, smtp::Delivery> verdicts_{};  ///< Of routes, by other servers.
  bool goes_round_ = false;
  std::shared_ptr<const void> under_way_{};  ///< While it may still arrive elsewhere.
  std::uint64_t source_ = 0;
  std::atomic<bool> peer_gone_ = false;
};

}  // namespace restante::server
