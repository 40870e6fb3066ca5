// Counters of the whole process. Increments are relaxed: they order nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace restante::server {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n = 1) { value_.fetch_sub(n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Metrics {
  Counter connections_open;  ///< Now.
  Counter connections_total;
  Counter connections_refused;          ///< At limits.connections, or without a file descriptor.
  Counter connections_refused_address;  ///< By connections_per_address.
  Counter connections_refused_rate;     ///< By connections_per_minute.
  Counter proxy_refused;                ///< No PROXY header, or from a stranger.
  Counter pop3_sessions;                ///< Logged in.
  Counter logins_failed;
  Counter logins_refused;  ///< Unheard: logins_per_minute, failed_logins.
  Counter logins_cut;      ///< Connections that did too much before a login.
  Counter slowed;          ///< Times that an account had to wait.
  Counter messages_retrieved;
  Counter octets_retrieved;
  Counter messages_deleted;
  Counter mails_received;      ///< Taken in by SMTP and LMTP.
  Counter messages_delivered;  ///< Copies in maildrops.
  Counter recipients_refused;
  Counter deliveries_failed;
  Counter disk_full;       ///< Of these, those that found no room on the disk.
  Counter over_quota;      ///< Recipients and deliveries that a quota refused.
  Counter quota_warnings;  ///< Owners that were told that their maildrop fills up.
  Counter tls_handshakes_failed;
  Counter certificate_expires;  ///< When the first one ends: Unix time; 0: there is none.
  Counter damage_found;         ///< Records whose bytes do not match their checksum.
  Counter messages_expired;     ///< Deleted by retention.
  Counter bytes_reclaimed;
  Counter upkeep_passes;    ///< Over all maildrops, to their end.
  Counter upkeep_failures;  ///< Maildrops whose upkeep failed.
  Counter clock_doubtful;   ///< 1: it jumped ahead, and nothing is deleted by it.
  Counter scrub_bytes;      ///< Compared with their checksums.
  Counter scrub_passes;     ///< Over all maildrops, to their end.
  Counter scrub_failures;   ///< Maildrops that could not be read.

  Counter sandbox_landlock;  ///< Its version; 0: not in force.
  Counter sandbox_seccomp;
  Counter sandbox_no_new_privileges;

  /// The Prometheus text format.
  [[nodiscard]] std::string to_prometheus() const;
};

}  // namespace restante::server
