// Where mail is handed on to: another mail server by LMTP, SMTP or IMAP, a program, an mbox file.
// Each takes one message after the other and says whether it has it. At least once: when the
// answer is lost, the message is given again.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "archive/database/database.h"
#include "dial/stop_signal.h"
#include "fetch/hand_on/hand_on_message.h"
#include "fetch/secrets/secret_source.h"
#include "profile/profile.h"

namespace restante::fetch {

/// What came of one message.
struct HandOnVerdict {
  enum class Kind : std::uint8_t {
    kTaken,
    kLater,       ///< A temporary failure: soon again.
    kRefused,     ///< This message, by this receiver, probably for ever: seldom again.
    kUnanswered,  ///< All of it was sent, and there was no answer: it may have arrived.
    kDown,        ///< The target takes nothing now; this message was not offered.
    kStopped,     ///< By us, before there was an answer.
  };
  Kind kind = Kind::kTaken;
  std::string reason;  ///< For the user, in the target's own words where it has said any.
};

inline HandOnVerdict taken() { return {}; }
inline HandOnVerdict later(std::string reason) {
  return {HandOnVerdict::Kind::kLater, std::move(reason)};
}
inline HandOnVerdict refused(std::string reason) {
  return {HandOnVerdict::Kind::kRefused, std::move(reason)};
}
inline HandOnVerdict down(std::string reason) {
  return {HandOnVerdict::Kind::kDown, std::move(reason)};
}
/// kState is a stop; everything else may be better later.
HandOnVerdict verdict_of(const Error& error);
/// Of a message that was sent to its end.
HandOnVerdict unanswered(std::string_view why);

/// What a target needs to know in a run besides the messages. It outlives the session.
struct HandOnTask {
  HandOnTask(const profile::HandOn& t, const net::StopSignal& s) : target(t), stop(s) {}
  const profile::HandOn& target;
  const net::StopSignal& stop;
  Credential credential;  ///< Of a target with a login.
  std::string account;    ///< For a program's environment.
  /// Where an mbox's length is written down before it grows; null: nowhere.
  archive::Database* database = nullptr;
};

/// A target during a run: one connection and one login, as far as the target allows, for many
/// messages. Used by one thread.
class HandOnSession {
 public:
  HandOnSession() = default;
  virtual ~HandOnSession() = default;
  HandOnSession(const HandOnSession&) = delete;
  HandOnSession& operator=(const HandOnSession&) = delete;

  virtual HandOnVerdict give(const HandOnMessage& message) = 0;
};

/// Nothing is opened before the first message. `task` outlives it.
std::unique_ptr<HandOnSession> hand_on_session(const HandOnTask& task);

/// RFC 2033 and RFC 5321, one recipient; waits as long as s.4.5.3.2 says.
std::unique_ptr<HandOnSession> smtp_session(const HandOnTask& task);
/// APPEND to a folder (RFC 9051 s.6.3.12), as read only if configured, with the message's date.
std::unique_ptr<HandOnSession> imap_session(const HandOnTask& task);

/// Gmail's messages.import, over HTTPS, with the date of the message's header.
std::unique_ptr<HandOnSession> gmail_session(const HandOnTask& task);

struct HandOnCall {
  HandOnCall(const profile::HandOn& t, const HandOnMessage& m, const net::StopSignal& s)
      : target(t), message(m), stop(s) {}
  const profile::HandOn& target;
  const HandOnMessage& message;
  const net::StopSignal& stop;
  std::string account;  ///< For a program's environment.
  archive::Database* database = nullptr;
};

/// The message on stdin, as it lies on the disk; the exit code is a sysexits(3) one.
HandOnVerdict hand_on_to_program(const HandOnCall& call);
/// Appended in the mboxrd form; durable, with the name of a new file. Half a message that a crash
/// has left at its end is cut first.
HandOnVerdict hand_on_to_mbox(const HandOnCall& call);

/// The longest that a target may take for one step.
std::chrono::seconds patience_with(const profile::HandOn& target);

}  // namespace restante::fetch
