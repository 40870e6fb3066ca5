#include "smtp/refusals.h"

#include <algorithm>

#include "base/ascii.h"
#include "smtp/command.h"

namespace restante::smtp {
namespace {

constexpr std::size_t kCommandBytesMax = 1000;
// A peer that sends nothing but nonsense is told of by its first lines.
constexpr std::size_t kCommandsMax = 16;

// Replies that a pipelining client meets behind a refusal.
bool is_consequence(Reply reply) {
  return reply == Reply::kMailFirst || reply == Reply::kRecipientFirst ||
         reply == Reply::kNoValidRecipients || reply == Reply::kChunksFailed;
}

// A word that may be a verb we do not know, and is hardly a password.
bool looks_like_verb(std::string_view word) {
  constexpr std::size_t kVerbBytesMax = 10;
  return word.size() <= kVerbBytesMax && std::all_of(word.begin(), word.end(), is_alpha);
}

}  // namespace

std::string_view to_text(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::kSyntax: return "syntax";
    case RefusalKind::kSequence: return "sequence";
    case RefusalKind::kAddress: return "address";
    case RefusalKind::kParameter: return "parameter";
    case RefusalKind::kRecipients: return "recipients";
    case RefusalKind::kSize: return "size";
    case RefusalKind::kNewline: return "newline";
    case RefusalKind::kLoop: return "loop";
    case RefusalKind::kRoom: return "room";
    case RefusalKind::kMistakes: return "mistakes";
    case RefusalKind::kTimeout: return "timeout";
    case RefusalKind::kGoingDown: return "going_down";
    case RefusalKind::kTls: return "tls";
  }
  return "syntax";
}

RefusalKind kind_of(Reply reply) {
  if (reply == Reply::kTooLarge || reply == Reply::kEnvelopeTooLarge) return RefusalKind::kSize;
  if (reply == Reply::kBareNewline) return RefusalKind::kNewline;
  if (reply == Reply::kLoop) return RefusalKind::kLoop;
  if (reply == Reply::kDiskFull) return RefusalKind::kRoom;
  if (reply == Reply::kTooManyBadCommands) return RefusalKind::kMistakes;
  if (reply == Reply::kTooManyRecipients || reply == Reply::kOtherPlace)
    return RefusalKind::kRecipients;
  if (reply == Reply::kUnknownParameter || reply == Reply::kBadParameter)
    return RefusalKind::kParameter;
  if (reply == Reply::kBadSender || reply == Reply::kBadRecipient ||
      reply == Reply::kNonAsciiAddress)
    return RefusalKind::kAddress;
  const bool wrong_moment = text(reply).starts_with("503") || reply == Reply::kNoValidRecipients ||
                            reply == Reply::kWrongDialectLhlo ||
                            reply == Reply::kWrongDialectHello || reply == Reply::kNotOffered ||
                            reply == Reply::kNotAProxy;
  return wrong_moment ? RefusalKind::kSequence : RefusalKind::kSyntax;
}

bool is_refusal(Reply reply) { return text(reply).front() == '4' || text(reply).front() == '5'; }

void RefusalNotes::note(Reply reply, std::string_view line, std::string_view sender) {
  if (explained_ && is_consequence(reply)) return;
  if (is_refusal(reply)) explained_ = true;
  Refusal refusal{kind_of(reply), reply, {}, {}};
  if (list_.size() < kCommandsMax) {
    refusal.command = loggable(line.substr(0, kCommandBytesMax));
    refusal.sender = sender;
  }
  list_.push_back(std::move(refusal));
}

// Passwords come in AUTH's arguments, and as lines of their own from a client that goes on with a
// refused AUTH.
std::string RefusalNotes::loggable(std::string_view line) {
  const Command command = parse_command(line);
  const std::string_view word = line.substr(0, line.find(' '));
  if (command.verb == Verb::kUnknown)
    return looks_like_verb(word) && !auth_tried_ ? std::string(word) : "?";
  if (command.verb != Verb::kAuth) return std::string(line);
  auth_tried_ = true;
  const std::string_view mechanism = command.argument.substr(0, command.argument.find(' '));
  return "AUTH " + std::string(mechanism);
}

}  // namespace restante::smtp
