// A target of copies during one visit: what one message is given to, and the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "maildrop/store.h"
#include "server/copies/copied_mail.h"

namespace restante::server {

/// What came of one message.
struct CopyVerdict {
  enum class Kind : std::uint8_t {
    kTaken,
    kLater,       ///< A temporary failure of this message.
    kRefused,     ///< This message, probably for ever.
    kUnanswered,  ///< All of it was sent, and there was no answer: it may have arrived.
    kDown,        ///< The target takes nothing now; this message was not offered.
    kDamaged,     ///< It cannot be read here.
    kStopped,     ///< By the server's own end.
  };
  Kind kind = Kind::kTaken;
  std::string reason;  ///< In the target's own words where it has said any; for the log.
};

/// A message that could not be read: damage is for ever, until it is healed; a disk that fails may
/// be better later.
inline CopyVerdict unreadable(const Error& error) {
  const bool is_damage = error.code == Errc::kCorrupt;
  return {is_damage ? CopyVerdict::Kind::kDamaged : CopyVerdict::Kind::kLater, error.message()};
}

/// A message on its way out. None of it is owned.
struct CopyMessage {
  const maildrop::MessageInfo& info;
  const std::string& uid;
  const CopiedMail& mail;
  /// The first octets in wire form, without the Return-Path, and the reader of what is behind them.
  std::string_view beginning;
  maildrop::MessageReader& rest;
  const std::string& source;  ///< The account that it is a copy of: Account::name.
  std::string recipient;
  bool keep_id = false;  ///< The target is asked to take its unique id over.

  /// Octets in wire form, without the final dot.
  [[nodiscard]] std::uint64_t wire_bytes() const { return info.wire_bytes - mail.return_path; }
  /// As POP3 counts. A Return-Path has no line that starts with a dot.
  [[nodiscard]] std::uint64_t octets() const { return info.octets - mail.return_path; }
};

/// Used by one thread. A connection, as far as the target allows, for all its messages.
class CopySession {
 public:
  CopySession() = default;
  virtual ~CopySession() = default;
  CopySession(const CopySession&) = delete;
  CopySession& operator=(const CopySession&) = delete;

  virtual CopyVerdict give(const CopyMessage& message) = 0;
};

}  // namespace restante::server
