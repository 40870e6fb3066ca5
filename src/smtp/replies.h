// Every reply text of the server, in one place. All carry an enhanced status code (RFC 2034, RFC
// 3463, RFC 5248), except the greeting, the answers to HELO, EHLO and LHLO, and 354, which have
// none. Texts are fixed but for the names that we gave a mail: nothing that a peer sent and nothing
// that the disk said is ever repeated in a reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "smtp/server_session.h"

namespace restante::smtp {

enum class Reply : std::uint8_t {
  // Positive.
  kOk,
  kBye,
  kReadyForTls,
  kSenderOk,
  kRecipientOk,
  kStartInput,
  kChunkOk,
  kDelivered,
  kCannotVerify,
  kHelp,
  // The line and the command.
  kUnknownCommand,
  kLineTooLong,
  kForbiddenCharacter,
  kLinesEndInLf,
  kWrongDialectLhlo,
  kWrongDialectHello,
  kNotOffered,
  kBadHello,
  kNoArgument,
  kArgumentMissing,
  kBadChunk,
  kTooManyBadCommands,
  // The order.
  kHelloFirst,
  kLhloFirst,
  kNestedMail,
  kMailFirst,
  kRecipientFirst,
  kNoValidRecipients,
  kChunksBegun,
  kChunksFailed,
  kTlsActive,
  kXclientInMail,
  kNotAProxy,
  // The envelope.
  kBadMailSyntax,
  kBadRcptSyntax,
  kBadSender,
  kBadRecipient,
  kNonAsciiAddress,
  kUnknownParameter,
  kBadParameter,
  kTooManyRecipients,
  kEnvelopeTooLarge,
  kOtherPlace,
  kUidForOne,
  kUnknownRecipient,
  kNotLocal,
  kDisabled,
  kOverQuota,
  kFullForNow,
  kTemporary,
  // The message.
  kRefusedElsewhere,
  kUidRefused,
  kPartlyOverQuota,
  kPartlyFullForNow,
  kTooLarge,
  kDiskFull,
  kBareNewline,
  kLoop,
};

/// The whole reply line with its CRLF.
std::string_view text(Reply reply);

/// kDelivered with the names of the mail, as far as they are told and fit.
std::string delivered_reply(const std::vector<Outcome>& outcomes);

/// "220 hostname ESMTP …": the first line of a session.
std::string greeting(const ServerSettings& settings);
/// The answer to HELO.
std::string helo_reply(const ServerSettings& settings);
/// The answer to EHLO or LHLO with the extensions that hold in this state of the channel.
std::string extensions_reply(const ServerSettings& settings, Channel channel);
/// "421 4.3.2 hostname …" or 421 4.4.2: the session ends (RFC 5321 s.3.8).
std::string closing(const ServerSettings& settings, Farewell farewell);

}  // namespace restante::smtp
