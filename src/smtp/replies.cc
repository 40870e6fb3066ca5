#include "smtp/replies.h"

#include <array>

namespace restante::smtp {
namespace {

// So that a reply keeps within 512 octets (RFC 5321 s.4.5.3.1.5).
constexpr std::size_t kUidsToldMax = 4;

struct Row {
  Reply reply;
  std::string_view text;
};

// In the order of the enumeration.
constexpr auto kTexts = std::to_array<Row>({
    {Reply::kOk, "250 2.0.0 OK\r\n"},
    {Reply::kBye, "221 2.0.0 Bye\r\n"},
    {Reply::kReadyForTls, "220 2.0.0 Ready to start TLS\r\n"},
    {Reply::kSenderOk, "250 2.1.0 Sender OK\r\n"},
    {Reply::kRecipientOk, "250 2.1.5 Recipient OK\r\n"},
    {Reply::kStartInput, "354 Send the message, end with a dot on a line by itself\r\n"},
    {Reply::kChunkOk, "250 2.0.0 Chunk taken\r\n"},
    {Reply::kDelivered, "250 2.0.0 Delivered, safe on disk\r\n"},
    {Reply::kCannotVerify, "252 2.5.0 Not verified; send the mail and see\r\n"},
    {Reply::kHelp, "214 2.0.0 RFC 5321 and RFC 2033 describe the commands\r\n"},
    {Reply::kUnknownCommand, "500 5.5.1 Unknown command\r\n"},
    {Reply::kLineTooLong, "500 5.5.2 Line too long\r\n"},
    {Reply::kForbiddenCharacter,
     "500 5.5.2 A command holds no bare CR, bare LF or NUL; only CRLF ends it\r\n"},
    {Reply::kLinesEndInLf, "500 5.5.2 Lines end in CRLF here, not in LF alone; closing\r\n"},
    {Reply::kWrongDialectLhlo, "500 5.5.1 This is SMTP: say EHLO\r\n"},
    {Reply::kWrongDialectHello, "500 5.5.1 This is LMTP: say LHLO\r\n"},
    {Reply::kNotOffered, "502 5.5.1 Not offered here\r\n"},
    {Reply::kBadHello, "501 5.5.4 One host name is needed\r\n"},
    {Reply::kNoArgument, "501 5.5.4 This command has no argument\r\n"},
    {Reply::kArgumentMissing, "501 5.5.4 This command needs an argument\r\n"},
    {Reply::kBadChunk, "501 5.5.4 BDAT needs a size and perhaps LAST; closing\r\n"},
    {Reply::kTooManyBadCommands, "421 4.7.0 Too many bad commands, closing\r\n"},
    {Reply::kHelloFirst, "503 5.5.1 Say EHLO first\r\n"},
    {Reply::kLhloFirst, "503 5.5.1 Say LHLO first\r\n"},
    {Reply::kNestedMail, "503 5.5.1 There is a sender already; RSET drops it\r\n"},
    {Reply::kMailFirst, "503 5.5.1 Send MAIL first\r\n"},
    {Reply::kRecipientFirst, "503 5.5.1 No valid recipients\r\n"},
    {Reply::kNoValidRecipients, "554 5.5.1 No valid recipients\r\n"},
    {Reply::kChunksBegun, "503 5.5.1 Not while BDAT chunks come in; RSET drops them\r\n"},
    {Reply::kChunksFailed, "503 5.5.1 A chunk before this one failed; send RSET\r\n"},
    {Reply::kTlsActive, "503 5.5.1 TLS is in use already\r\n"},
    {Reply::kXclientInMail, "503 5.5.1 Not during a mail; RSET drops it\r\n"},
    {Reply::kNotAProxy, "550 5.7.1 XCLIENT is for known proxies only, once\r\n"},
    {Reply::kBadMailSyntax, "501 5.5.2 The form is MAIL FROM:<sender>\r\n"},
    {Reply::kBadRcptSyntax, "501 5.5.2 The form is RCPT TO:<recipient>\r\n"},
    {Reply::kBadSender, "501 5.1.7 The sender's address is malformed\r\n"},
    {Reply::kBadRecipient, "501 5.1.3 The recipient's address is malformed\r\n"},
    {Reply::kNonAsciiAddress, "553 5.6.7 A non-ASCII address needs MAIL's parameter SMTPUTF8\r\n"},
    {Reply::kUnknownParameter, "555 5.5.4 Unknown parameter\r\n"},
    {Reply::kBadParameter, "501 5.5.4 A parameter's value is malformed\r\n"},
    {Reply::kTooManyRecipients, "452 4.5.3 Too many recipients\r\n"},
    {Reply::kEnvelopeTooLarge,
     "452 4.5.3 Too large for so many recipients; send it to fewer at a time\r\n"},
    {Reply::kOtherPlace,
     "452 4.5.3 Its mailbox is on another server than the others'; send it by itself\r\n"},
    {Reply::kUidForOne, "503 5.5.1 A mail with XUID has one recipient\r\n"},
    {Reply::kUnknownRecipient, "550 5.1.1 No such mailbox here\r\n"},
    {Reply::kNotLocal, "550 5.7.1 That domain is not ours, and we do not relay\r\n"},
    {Reply::kDisabled, "550 5.2.1 The mailbox is disabled\r\n"},
    {Reply::kOverQuota, "552 5.2.2 The mailbox is full\r\n"},
    {Reply::kFullForNow, "452 4.2.2 The mailbox is full, try again later\r\n"},
    {Reply::kTemporary, "451 4.3.0 Trouble on our side, try again later\r\n"},
    {Reply::kRefusedElsewhere, "550 5.0.0 The server of this mailbox has refused the message\r\n"},
    {Reply::kUidRefused, "550 5.0.0 The message is refused, perhaps for its unique id\r\n"},
    {Reply::kPartlyOverQuota, "552 5.2.2 Not delivered to every recipient: a mailbox is full\r\n"},
    {Reply::kPartlyFullForNow,
     "452 4.2.2 Not delivered to every recipient: a mailbox is full, try again later\r\n"},
    {Reply::kTooLarge, "552 5.3.4 The message is too large\r\n"},
    {Reply::kDiskFull, "452 4.3.1 No room for it now, try again later\r\n"},
    {Reply::kBareNewline, "554 5.6.0 The message holds a CR or LF that is not part of a CRLF\r\n"},
    {Reply::kLoop, "554 5.4.6 The message goes round in a loop\r\n"},
});

constexpr bool is_complete() {
  std::size_t place = 0;
  for (const Row& row : kTexts)
    if (static_cast<std::size_t>(row.reply) != place++) return false;
  return kTexts.back().reply == Reply::kLoop;
}
static_assert(is_complete());  // A reply without a text does not compile.

}  // namespace

std::string_view text(Reply reply) { return kTexts[static_cast<std::size_t>(reply)].text; }

std::string delivered_reply(const std::vector<Outcome>& outcomes) {
  std::string out(text(Reply::kDelivered));
  if (outcomes.empty() || outcomes.front().mail.empty()) return out;
  out.resize(out.size() - 2);
  out += " mail=" + outcomes.front().mail;
  std::string uids;
  std::size_t count = 0;
  for (const Outcome& outcome : outcomes)
    for (const std::string& uid : outcome.uids) {
      uids += (uids.empty() ? "" : ",") + uid;
      ++count;
    }
  if (count != 0 && count <= kUidsToldMax) out += " uid=" + uids;
  return out + "\r\n";
}

std::string greeting(const ServerSettings& settings) {
  const bool lmtp = settings.dialect == Dialect::kLmtp;
  return "220 " + settings.hostname + (lmtp ? " LMTP" : " ESMTP") + " Restante\r\n";
}

std::string helo_reply(const ServerSettings& settings) {
  return "250 " + settings.hostname + "\r\n";
}

std::string extensions_reply(const ServerSettings& settings, Channel channel) {
  std::string out = "250-" + settings.hostname + "\r\n";
  out += "250-PIPELINING\r\n250-8BITMIME\r\n";
  out += "250-SIZE " + std::to_string(settings.message_bytes_max) + "\r\n";
  out += "250-CHUNKING\r\n250-SMTPUTF8\r\n";
  if (channel.starttls_available && !channel.tls) out += "250-STARTTLS\r\n";
  if (channel.trusted) out += "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n";
  if (channel.may_name_client) out += "250-XCLIENT " + std::string(kXClientAttributes) + "\r\n";
  if (channel.may_give_uid) out += "250-XUID\r\n";
  return out + "250 ENHANCEDSTATUSCODES\r\n";
}

std::string closing(const ServerSettings& settings, Farewell farewell) {
  if (farewell == Farewell::kTimeout)
    return "421 4.4.2 " + settings.hostname + " Nothing heard for too long, closing\r\n";
  return "421 4.3.2 " + settings.hostname + " Going down, try again later\r\n";
}

}  // namespace restante::smtp
