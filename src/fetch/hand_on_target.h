// Where mail is handed on to: another mail server by LMTP, SMTP or IMAP, a program, an mbox file.
// Each takes one message and says whether it has it. At least once: when the answer is lost, the
// message is given again.
#pragma once

#include <string>

#include "archive/database.h"
#include "fetch/hand_on_message.h"
#include "fetch/secret_source.h"
#include "net/stop_signal.h"
#include "profile/profile.h"

namespace restante::fetch {

/// What came of one message.
struct Verdict {
  enum class Kind : std::uint8_t {
    kTaken,
    kLater,    ///< A temporary failure: soon again.
    kRefused,  ///< This message, by this receiver, probably for ever: seldom again.
    kStopped,  ///< By us, before there was an answer.
  };
  Kind kind = Kind::kTaken;
  std::string reason;  ///< For the user.
};

inline Verdict taken() { return {}; }
inline Verdict later(std::string reason) { return {Verdict::Kind::kLater, std::move(reason)}; }
inline Verdict refused(std::string reason) { return {Verdict::Kind::kRefused, std::move(reason)}; }
/// kState is a stop; everything else may be better later.
Verdict verdict_of(const Error& error);

struct HandOnCall {
  HandOnCall(const profile::HandOn& t, const HandOnMessage& m, const net::StopSignal& s)
      : target(t), message(m), stop(s) {}
  const profile::HandOn& target;
  const HandOnMessage& message;
  const net::StopSignal& stop;
  Credential credential;  ///< Of kSmtp and kImap with a user.
  std::string account;    ///< For a program's environment.
  /// Where an mbox's length is written down before it grows; null: nowhere.
  archive::Database* database = nullptr;
};

/// RFC 2033: one recipient.
Verdict hand_on_by_lmtp(const HandOnCall& call);
/// SMTP, or APPEND to an IMAP folder (libcurl marks it as read).
Verdict hand_on_by_curl(const HandOnCall& call);
/// The message on stdin, as it lies on the disk; the exit code is a sysexits(3) one.
Verdict hand_on_to_program(const HandOnCall& call);
/// Appended in the mboxrd form; durable, with the name of a new file. Half a message that a crash
/// has left at its end is cut first.
Verdict hand_on_to_mbox(const HandOnCall& call);
/// One of the above.
Verdict hand_on(const HandOnCall& call);

/// What stands for the target in the queue: two that are the same get a message once.
std::string destination_of(const profile::HandOn& target);

}  // namespace restante::fetch
