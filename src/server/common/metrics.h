// Counters of the whole process without labels; measures/measures.h has the others.
#pragma once

#include <array>
#include <cstdint>

#include "server/measures/counter.h"
#include "server/measures/exposition.h"
#include "smtp/refusals.h"

namespace restante::server {

struct Metrics {
  Counter connections_open;  ///< Now.
  Counter connections_total;
  Counter connections_refused;          ///< At limits.connections, or without a file descriptor.
  Counter connections_refused_address;  ///< By connections_per_address.
  Counter connections_refused_rate;     ///< By connections_per_minute.
  Counter proxy_refused;                ///< No PROXY header, or from a stranger.
  Counter proxy_header_missing;         ///< Of these, those that sent nothing for 5 s.
  Counter xclient_refused;              ///< XCLIENT from a stranger, or a second one.
  Counter networks_refused;             ///< By listen.networks.
  Counter pop3_sessions;                ///< Logged in.
  Counter logins_failed;
  Counter logins_refused;  ///< Unheard: logins_per_minute, failed_logins.
  Counter logins_cut;      ///< Connections that did too much before a login.
  Counter slowed;          ///< Times that an account had to wait.
  Counter pop3_plaintext_refused;
  Counter newcomers_refused;   ///< Their password was wrong at the old server.
  Counter newcomers_unasked;   ///< It could not be asked, or not at this moment.
  Counter newcomers_made;      ///< Accounts.
  Counter newcomers_moved;     ///< All of it: they are here.
  Counter newcomers_failed;    ///< Moves that ended early; the next login goes on.
  Counter newcomers_messages;  ///< Brought.
  Counter newcomers_moving;    ///< Now.
  Counter pop3_mechanisms_refused;
  Counter pop3_login_timeouts;
  Counter pop3_idle_timeouts;
  Counter pop3_errors_cut;  ///< Connections that ended for too many bad commands.
  Counter pop3_takeovers;   ///< Idle sessions that made room for a newer login.
  Counter clients_lost;     ///< POP3 connections whose peer's TCP answered no more.
  Counter messages_retrieved;
  Counter octets_retrieved;
  Counter messages_deleted;
  Counter octets_deleted;      ///< By QUIT and by retention.
  Counter mails_received;      ///< Taken in by SMTP and LMTP.
  Counter messages_delivered;  ///< Copies in maildrops.
  Counter recipients_refused;
  std::array<Counter, smtp::kRefusalKinds> smtp_refused;  ///< By smtp::RefusalKind.
  Counter smtp_slowed;    ///< Times that a stranger's mistakes made an answer late.
  Counter spool_refused;  ///< Mails that would have been too much of one address's.
  Counter deliveries_failed;
  Counter disk_full;       ///< Of these, those that found no room on the disk.
  Counter over_quota;      ///< Recipients and deliveries that a quota refused.
  Counter quota_warnings;  ///< Owners that were told that their maildrop fills up.
  Counter tls_handshakes_failed;
  Counter tls_silent;           ///< Closed without a word, as a load balancer's check is.
  Counter tls_old_handshakes;   ///< That came to TLS 1.0 or 1.1.
  Counter certificate_expires;  ///< When the first one ends: Unix time; 0: there is none.
  Counter damage_found;         ///< Records whose bytes do not match their checksum.
  Counter messages_expired;     ///< Deleted by retention.
  Counter bytes_reclaimed;
  Counter upkeep_passes;    ///< Over all maildrops, to their end.
  Counter upkeep_failures;  ///< Maildrops whose upkeep failed.
  Counter clock_doubtful;   ///< 1: it jumped ahead, and nothing is deleted by it.
  Counter data_dir_lost;    ///< 1: it is gone, or another's; nothing is served from it.
  Counter scrub_bytes;      ///< Compared with their checksums.
  Counter scrub_passes;     ///< Over all maildrops, to their end.
  Counter scrub_failures;   ///< Maildrops that could not be read.

  Counter sandbox_landlock;  ///< Its version; 0: not in force.
  Counter sandbox_seccomp;
  Counter sandbox_no_new_privileges;

  /// Adds all of them to a metrics page.
  void write(Exposition& page) const;
};

}  // namespace restante::server
