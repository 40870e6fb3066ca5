// What a session has refused, for the log and the counters: the command as it came and the reply.
// Kept apart from the replies themselves, because those never repeat what a peer sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/replies.h"

namespace restante::smtp {

enum class RefusalKind : std::uint8_t {
  kSyntax,     ///< A line or a command that cannot be read.
  kSequence,   ///< A command at the wrong moment, or in the other dialect.
  kAddress,    ///< A malformed address, or one that needs SMTPUTF8.
  kParameter,  ///< Of MAIL or RCPT.
  kRecipients,
  kSize,
  kNewline,
  kLoop,
  kRoom,      ///< The spool found no room on the disk.
  kMistakes,  ///< Too many bad commands.
  kTimeout,
  kGoingDown,
  kTls,  ///< A handshake after STARTTLS failed.
};
inline constexpr std::size_t kRefusalKinds = 13;

/// "syntax", "sequence", …: for counters and logs.
std::string_view to_text(RefusalKind kind);
/// Of a reply that refuses something.
RefusalKind kind_of(Reply reply);
/// 4xx and 5xx.
bool is_refusal(Reply reply);

struct Refusal {
  RefusalKind kind;
  Reply reply;
  std::string command;  ///< As it came, cut, without what could be a password; may be empty.
  std::string sender;   ///< Of the mail under way, plain.
};

/// Collects refusals. A refusal that only follows from an earlier one (a pipelined RCPT behind a
/// refused MAIL) is not noted again.
class RefusalNotes {
 public:
  /// `line` is the command, without its line end.
  void note(Reply reply, std::string_view line, std::string_view sender);
  /// The driver has refused a recipient, and told so.
  void recipient_refused() { explained_ = true; }
  /// Later refusals do not follow from earlier ones.
  void begin() { explained_ = false; }

  std::vector<Refusal>& list() { return list_; }

 private:
  std::string loggable(std::string_view line);

  std::vector<Refusal> list_;
  bool explained_ = false;
  bool auth_tried_ = false;
};

}  // namespace restante::smtp
