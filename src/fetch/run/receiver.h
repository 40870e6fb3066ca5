// The messages of one session come in: asked for ahead within a window, streamed to the disk, made
// durable in groups. A message that came whole is kept, even when the session then breaks; the one
// at which it broke is noted, so that the next session goes around it. Private to the collector.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "fetch/hand_on/header_block.h"
#include "fetch/plan/window.h"
#include "fetch/run/run.h"
#include "fetch/run/twins.h"
#include "fetch/session/session.h"

namespace restante::fetch {

class Receiver {
 public:
  Receiver(Run& run, Session& session) : run_(run), session_(session) {}

  /// After an Error the session is over. `messages_max`: no more are asked for.
  Status fetch(std::span<const Fetch> messages, std::size_t messages_max);

  /// The Error was the disk's: no other session would fare better.
  [[nodiscard]] bool local_failed() const { return local_failed_; }
  /// Messages that are dealt with, be it as failures.
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  /// Another session must find out which answer belonged to which message; this one deletes
  /// nothing.
  [[nodiscard]] bool doubted() const { return doubted_; }
  /// The session was ended because a message turned out larger than what is wanted.
  [[nodiscard]] bool left_too_large() const { return left_too_large_; }
  /// The server refused too many alike, and the rest was not asked for.
  [[nodiscard]] bool had_enough() const { return had_enough_; }
  /// Messages that were stored before are to be fetched again.
  [[nodiscard]] bool found_unsure() const { return found_unsure_; }
  /// The checksums of messages without a unique id, by their number in this session.
  [[nodiscard]] const std::unordered_map<std::uint32_t, std::string>& unidentified() const {
    return unidentified_;
  }

 private:
  /// A command under way, RETR or TOP.
  struct Asked {
    const Fetch* message = nullptr;
    bool is_top = false;
    bool alone = false;  // No other is under way, or was.
  };
  /// A message that must come once more, alone.
  struct Again {
    const Fetch* message = nullptr;
    bool is_kept = false;  // Its content is kept already; what comes is only compared with it.
  };
  /// The message that a content came for first in this session.
  struct First {
    const Fetch* message = nullptr;
    bool alone = false;
  };

  Status ask(std::span<const Fetch> messages, Window& window);
  Status ask_for(const Fetch& message, Window& window);
  Status ask_for_headers();
  /// Whether messages of one size can be told apart here.
  [[nodiscard]] bool tells_twins_apart() const;
  /// The answer to the first command under way.
  Status receive_next(Window& window);
  Status receive(const Fetch& message, bool alone);
  Status receive_header(const Fetch& message);
  Status take(Came came, bool alone);
  Status take_alone(Came came);
  /// It waits for its header.
  Status hold(Came came);
  /// It is the message's.
  Status believe(Came came);
  /// Nothing tells the two apart: what came for both is compared with what comes alone.
  void ask_both_again(const Fetch& message, std::string_view sha256, const Twins::Earlier& first);
  void ask_again(const Fetch& message, std::string_view sha256, bool is_kept);
  /// `status`: how the session stands.
  Status fetch_alone_again(Status status);
  void distrust(const Fetch& message);
  /// No answer came, and it was asked for together with others.
  Status lost(const Fetch& message, const Error& error);
  /// LIST does not say its size, and it is larger than what is wanted: only a session's end ends
  /// it.
  Status give_up(const Fetch& message, std::uint64_t size_max, const Error& error);
  Status fetch_unsure_again();
  Status keep_group();
  [[nodiscard]] bool group_is_due() const;
  /// What can be kept now: in the server's order, and nothing behind a message that waits for its
  /// header.
  std::vector<Arrived> take_group();

  Status refused(const Fetch& message, const Retrieved& answer, bool alone);
  /// After many refusals alike, with nothing under way: whether the newest is refused, too.
  Status probe(const Fetch& newest);
  /// The session broke while this message came.
  Status broke(const Fetch& message, const Error& error);
  /// Notes the state of a message that did not come, and why.
  Status set_aside(const Fetch& message, UidState state, std::string reason);
  Status local(Status status);

  Run& run_;
  Session& session_;
  std::size_t asked_ = 0;
  std::deque<Asked> under_way_;
  std::unordered_map<std::string, First> contents_;  // By SHA-256.
  Twins twins_;
  bool top_tells_ = true;  // So far.
  std::vector<Again> again_;
  std::unordered_map<const Fetch*, std::size_t> asked_again_;  // Where in again_.
  bool only_compares_ = false;  // Again::is_kept of the message that comes.
  std::vector<Came> group_;
  std::uint64_t group_octets_ = 0;
  std::chrono::steady_clock::time_point group_began_;
  std::unordered_map<std::uint32_t, std::string> unidentified_;
  std::uint64_t settled_ = 0;
  bool local_failed_ = false;
  bool broke_ = false;
  bool doubted_ = false;
  bool found_unsure_ = false;
  bool left_too_large_ = false;
  bool had_enough_ = false;  // The server refuses everything.
  bool is_patient_ = false;  // It was found out: refusals end nothing.
  std::size_t alike_ = 0;    // Refusals in a row with the same words.
  std::string last_refusal_;
};

}  // namespace restante::fetch
