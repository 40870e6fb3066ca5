// Every limit, in one place, with its source. Those an operator may change are the defaults of the
// [limits] table in the configuration (docs/configuration.md); the rest are the RFCs' or ours.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace restante::limits {

// POP3. RFC 2449 s.4: commands up to 255 octets with CRLF; we take more, because passwords may be
// long and non-ASCII, and cut there.
inline constexpr std::size_t kPop3LineBytesMax = 1024;
// RFC 5034 s.4: AUTH's exchange lines; long enough for an OAuth token of 16 KiB with what goes
// around it, in base64.
inline constexpr std::size_t kSaslLineBytesMax = 24576;
inline constexpr std::size_t kUidBytesMax = 70;        // RFC 1939 s.7 (UIDL).
inline constexpr std::size_t kUserNameBytesMax = 320;  // 64 + "@" + 255 (RFC 5321 s.4.5.3.1).
inline constexpr std::size_t kPasswordBytesMax = 1000;
inline constexpr std::size_t kDevicesMax = 100;          // Device passwords of one account.
inline constexpr std::size_t kViewsMax = 16;             // Of one maildrop, made by or for its owner.
// Before mail is refused for a quota, nothing stays any more for views that were not used so long.
inline constexpr auto kViewUnusedBeforeQuota = std::chrono::hours(7 * 24);
inline constexpr auto kViewUsePrecision = std::chrono::hours(24);  // Of the last use, as recorded.
inline constexpr std::size_t kDeviceLabelBytesMax = 64;  // For lists and log lines.
inline constexpr std::uint32_t kBadCommandsMax = 20;     // In one session, then it is closed.
inline constexpr std::uint32_t kLoginAttemptsMax = 5;    // In one connection, then it is closed.
inline constexpr auto kPop3IdleTimeout = std::chrono::minutes(10);  // RFC 1939 s.3: at least 10.
inline constexpr auto kLoginTimeout = std::chrono::minutes(1);  // Connection to successful login.
inline constexpr auto kWriteTimeout = std::chrono::minutes(5);  // No progress at all in sending.

// SMTP and LMTP.
inline constexpr std::size_t kSmtpLineBytesMax =
    4096;  // RFC 5321 s.4.5.3.1.4: 512; extensions add.
// RFC 5321 s.4.5.3.1.1: of an account's name. Addresses of the envelope have no limit but the line.
inline constexpr std::size_t kLocalPartBytesMax = 64;
inline constexpr std::size_t kDomainBytesMax = 255;      // RFC 5321 s.4.5.3.1.2.
inline constexpr std::size_t kRecipientsMax = 1000;      // RFC 5321 s.4.5.3.1.8: at least 100.
inline constexpr std::size_t kReceivedHeadersMax = 100;  // RFC 5321 s.6.3: loops.
inline constexpr std::uint64_t kMessageBytesMax = 64ULL << 20;
inline constexpr std::size_t kSpillBytes = 256U
                                           << 10;  // Larger mail goes to a file while it comes in.
// Octets of one mail times the copies it makes. An office never meets it (10 MiB to 400 people, 64
// MiB to 64), and a disk that writes 16 MiB a second stores it within the time below.
inline constexpr std::uint64_t kEnvelopeBytesMax = 4ULL << 30;
// RFC 5321 s.4.5.3.2.6: a sender waits ten minutes for the answer to its dot, and then sends all of
// it again. Everything is answered in half of that: after this no further copy is begun, and the
// rest of the five minutes is for those that are under way.
inline constexpr auto kEnvelopeTime = std::chrono::minutes(4);
inline constexpr auto kEnvelopeLookupTime = std::chrono::minutes(1);  // Of that: where it goes.
inline constexpr std::size_t kEnvelopeThreads = 4;  // Of the disk's, storing one mail's copies.
inline constexpr std::size_t kNamedUidsMax = 20;    // In one line of the log.
inline constexpr auto kSmtpIdleTimeout = std::chrono::minutes(5);  // RFC 5321 s.4.5.3.2.7.
// Octets a second of a message on its way in, on top of one time-out: 64 MiB may take 36 hours.
inline constexpr std::uint64_t kSmtpRateMin = 512;
// Of a stranger (not trusted, SMTP): replies are slow from half of them on, as with Postfix's
// smtpd_soft_error_limit of 10 and smtpd_hard_error_limit of 20.
inline constexpr std::uint32_t kSmtpMistakesMax = 20;
inline constexpr auto kSmtpMistakeDelay = std::chrono::seconds(1);
// Commands of a stranger that bring no mail on: more are mistakes (Postfix's
// smtpd_junk_command_limit of 100; its smtpd_recipient_overshoot_limit of 1000).
inline constexpr std::uint32_t kEmptyCommandsMax = 100;
inline constexpr std::uint32_t kPostponedRecipientsMax = 1000;
inline constexpr std::uint64_t kSmallChunkBytes = 512;  // A BDAT of less brings no mail on either.
inline constexpr std::uint64_t kRefusedRecipientsPerMinute = 120;  // Of one address, undelayed.
inline constexpr auto kRefusedRecipientDelay = std::chrono::seconds(10);  // The longest.
inline constexpr std::uint64_t kQuotaQuestionsPerMinute = 60;  // Of one address, by the disk.
inline constexpr std::uint64_t kSpoolPerAddress = 256ULL << 20;

// The server as a whole.
inline constexpr std::size_t kConnectionsMax = 10000;
// Beside them, for LMTP and for SMTP of trusted networks: an MTA opens 20 (Postfix) to 100.
inline constexpr std::size_t kIntakeConnections = 100;
// Of one address (IPv6: a /64), unless it is trusted. An office or a carrier's NAT is one address.
inline constexpr std::uint64_t kConnectionsPerAddress = 200;
inline constexpr std::uint64_t kConnectionsPerMinute = 1200;
// The share of all connections that peers may have who are neither trusted nor logged in.
inline constexpr std::uint64_t kStrangersPercent = 80;
inline constexpr std::uint64_t kLoginsPerMinute = 600;
inline constexpr std::uint64_t kFailedLogins = 20;  // Then it is refused unheard; docs/limits.md.
inline constexpr auto kFailedLoginDelay = std::chrono::seconds(15);  // The longest.
inline constexpr std::uint64_t kCommandsBeforeLogin = 100;           // Of one connection.
inline constexpr std::uint64_t kBytesBeforeLogin = 256U << 10;  // Five logins of 16 KiB, and more.
inline constexpr std::size_t kOutputBytesMax =
    64U << 10;                                    // Buffered for one peer before we wait for it.
inline constexpr std::size_t kInputBytes = 4096;  // Read from one peer at a time.
inline constexpr auto kShutdownGrace = std::chrono::seconds(10);

// Password checks and account lookups that may wait for their turn. A hash takes some 20 ms of a
// processor, a slow back end answers within its time-out.
inline constexpr std::size_t kHashesWaitingMax = 1024;
inline constexpr std::size_t kLookupsWaitingMax = 1024;

// The maildrop.
inline constexpr std::uint64_t kMessageStoredBytesMax =
    4ULL << 30;                                         // Trusted length of one record body.
inline constexpr std::size_t kIdleMaildropsMax = 4096;  // Kept open while no session uses them.
inline constexpr auto kLockTimeout = std::chrono::seconds(10);  // For another process's lock.
inline constexpr std::size_t kDeliveriesTogether = 64;          // To one maildrop.

}  // namespace restante::limits
