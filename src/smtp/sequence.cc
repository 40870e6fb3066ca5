#include "smtp/sequence.h"

namespace restante::smtp {
namespace {

std::optional<Reply> unless(bool allowed, Reply reply) {
  if (allowed) return std::nullopt;
  return reply;
}

// MAIL may follow a failed chunk: it begins anew, as RSET does.
std::optional<Reply> refuse_mail(Phase phase, Reply hello_first) {
  if (phase == Phase::kStart) return hello_first;
  return unless(phase == Phase::kReady || phase == Phase::kChunksFailed, Reply::kNestedMail);
}

std::optional<Reply> refuse_rcpt(Phase phase) {
  if (phase == Phase::kChunks || phase == Phase::kChunksFailed) return Reply::kChunksBegun;
  return unless(phase == Phase::kSender || phase == Phase::kRecipients, Reply::kMailFirst);
}

// Without a valid recipient LMTP must say 503 (RFC 2033 s.4.2); SMTP may tell it apart from a
// missing MAIL (RFC 5321 s.3.3).
std::optional<Reply> refuse_message(Phase phase, Dialect dialect) {
  if (phase == Phase::kStart || phase == Phase::kReady) return Reply::kMailFirst;
  if (phase != Phase::kSender) return std::nullopt;
  return dialect == Dialect::kLmtp ? Reply::kRecipientFirst : Reply::kNoValidRecipients;
}

std::optional<Reply> refuse_data(Phase phase, Dialect dialect) {
  if (phase == Phase::kChunks || phase == Phase::kChunksFailed) return Reply::kChunksBegun;
  return refuse_message(phase, dialect);
}

std::optional<Reply> refuse_chunk(Phase phase, Dialect dialect) {
  if (phase == Phase::kChunksFailed) return Reply::kChunksFailed;
  return refuse_message(phase, dialect);
}

}  // namespace

std::optional<Reply> refusal(Verb verb, Phase phase, Dialect dialect) {
  const bool lmtp = dialect == Dialect::kLmtp;
  const Reply hello_first = lmtp ? Reply::kLhloFirst : Reply::kHelloFirst;
  switch (verb) {  // No default: a new verb must be placed here to compile.
    case Verb::kHelo:
    case Verb::kEhlo: return unless(!lmtp, Reply::kWrongDialectHello);
    case Verb::kLhlo: return unless(lmtp, Reply::kWrongDialectLhlo);
    case Verb::kMail: return refuse_mail(phase, hello_first);
    case Verb::kRcpt: return refuse_rcpt(phase);
    case Verb::kData: return refuse_data(phase, dialect);
    case Verb::kBdat: return refuse_chunk(phase, dialect);
    case Verb::kXforward:
      if (phase == Phase::kStart) return hello_first;
      return unless(phase == Phase::kReady, Reply::kNestedMail);
    case Verb::kXclient:
      return unless(phase == Phase::kStart || phase == Phase::kReady, Reply::kXclientInMail);
    case Verb::kStarttls: return unless(phase != Phase::kStart, hello_first);
    case Verb::kExpn:
    case Verb::kAuth: return Reply::kNotOffered;
    case Verb::kUnknown: return Reply::kUnknownCommand;
    case Verb::kRset:
    case Verb::kNoop:
    case Verb::kQuit:
    case Verb::kVrfy:
    case Verb::kHelp: return std::nullopt;
  }
  return Reply::kUnknownCommand;
}

}  // namespace restante::smtp
