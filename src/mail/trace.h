// The trace header that the final server puts before a message, for one account: Return-Path,
// X-Original-To, Delivered-To and Received (RFC 5321 s.4.4), in wire form. No line of it starts
// with a dot, and no value can end a line or a comment. It asks no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace restante::mail {

/// What is the same for every recipient of one mail.
struct TraceValues {
  TraceValues(std::string host, std::string name)
      : hostname(std::move(host)), protocol(std::move(name)) {}

  std::string hostname;      ///< Ours.
  std::string protocol;      ///< "ESMTPS", "LMTP", …: RFC 3848, RFC 6531 s.4.3.
  std::string helo;          ///< What the peer called itself.
  std::string peer_address;  ///< "192.0.2.1" or "2001:db8::1"; empty for a unix socket.
  std::string tls;           ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS.
  std::string id;            ///< Names this mail in our log; empty: left out.
  std::string sender;  ///< Reverse-path, plain and without <>; empty: the null sender. It may lack
                       ///< a domain, or have one that is none: the header's is well formed.
};

/// Who gets this copy, and when.
struct TraceRecipient {
  TraceRecipient(std::string a, std::string r, WallTime t)
      : account(std::move(a)), recipient(std::move(r)), time(t) {}

  std::string account;    ///< Delivered-To: the maildrop's name.
  std::string recipient;  ///< As in the envelope, plain form.
  /// Its further addresses in the envelope: X-Original-To names each of them, too.
  std::vector<std::string> others{};
  WallTime time;
};

struct TraceHeader {
  std::string text;          ///< Wire form; every line ends in CRLF.
  std::uint64_t octets = 0;  ///< As POP3 counts them: here the same as the text's size.
};

/// Makes the header. Lines stay under 998 octets (RFC 5322 s.2.1.1) because every value is cut to
/// its limit; an address is never cut, since it would be another one: Return-Path or "for" is left
/// out where it is too long for a line.
TraceHeader make_trace(const TraceValues& values, const TraceRecipient& recipient);

/// Of the copy that an archive gets.
struct ArchivedEnvelope {
  ArchivedEnvelope(std::string a, const std::vector<std::string>& r, WallTime t)
      : account(std::move(a)), recipients(r), time(t) {}

  std::string account;                         ///< Delivered-To: the archive's maildrop.
  const std::vector<std::string>& recipients;  ///< All of the envelope, plain form; not owned.
  WallTime time;
};

/// The same header with the whole envelope as it was given: X-Envelope-From, and X-Envelope-To with
/// one address a line, all of them. The lines stay as short: a longer address goes on in the next
/// line, behind a tab.
TraceHeader make_archive_trace(const TraceValues& values, const ArchivedEnvelope& envelope);

/// Received alone, of a mail that is handed on as it is: to several recipients of one envelope, who
/// stay unnamed, or to one (empty: several).
std::string make_received(const TraceValues& values, std::string_view recipient, WallTime time);

}  // namespace restante::mail
