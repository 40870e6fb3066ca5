// What the parts of a server session share: settings, channel, replies, and the count of errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "pop3/command.h"
#include "pop3/command_counts.h"
#include "pop3/reply.h"
#include "pop3/server_session.h"
#include "pop3/verb.h"

namespace restante::pop3 {

struct SharedState {
  SharedState(const ServerSettings& s, Channel c) : settings(s), channel(std::move(c)) {}

  /// Answers a command that breaks the grammar or the order, and counts it.
  void refuse(Text id) {
    count_error();
    replies.error(too_many_errors() ? Text::kTooManyErrors : id);
  }
  void count_error() {
    if (++bad_commands == limits::kBadCommandsMax) note(Refusal::Kind::kTooManyErrors, {});
  }
  /// A line that was read as a command, or that is none.
  void count(const Result<Command>& command) const {
    if (channel.counts == nullptr) return;
    if (command)
      channel.counts->note(command->verb);
    else
      channel.counts->note_unknown();
  }
  /// For ServerSession::take_refusals(). There are no more than a session may have errors.
  void note(Refusal::Kind kind, std::string_view what) {
    refusals.push_back({kind, std::string(what)});
  }
  [[nodiscard]] bool is_enabled(Verb verb) const {
    if (verb == Verb::kApop) return settings.apop_enabled;
    return verb != Verb::kLast || settings.last_enabled;
  }
  [[nodiscard]] bool output_is_full() { return replies.output().size() >= limits::kOutputBytesMax; }
  [[nodiscard]] bool too_many_errors() const { return bad_commands >= limits::kBadCommandsMax; }

  const ServerSettings& settings;
  Channel channel;
  Expire expire;  ///< Known when it is needed: FindExpire, and from the login on the account's own.
  Replies replies;
  bool utf8 = false;  ///< The client said UTF8 (RFC 6856 s.2).
  std::uint32_t bad_commands = 0;
  std::vector<Refusal> refusals;  ///< Not yet taken.
};

/// What a command asks of the driver; std::nullopt: it is answered.
using Outcome = std::optional<Effect>;

}  // namespace restante::pop3
