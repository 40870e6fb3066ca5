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
  Status ask(std::span<const Fetch> messages, Window& window);
  Status receive(const Fetch& message);
  Status take(const Fetch& message, std::unique_ptr<archive::Incoming> incoming,
              const HeaderBlock& header, bool alone);
  /// Whether it is surely the message's. (pipelining.h)
  Result<bool> is_believed(const Fetch& message, const archive::Received& received, bool alone);
  /// No answer came, and it was asked for together with others.
  Status lost(const Fetch& message, const Error& error);
  /// LIST does not say its size, and it is larger than what is wanted: only a session's end ends
  /// it.
  Status give_up(const Fetch& message, std::uint64_t size_max, const Error& error);
  Status fetch_unsure_again();
  Status keep_group();
  [[nodiscard]] bool group_is_due() const;

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
  std::deque<bool> alone_;  // Of each request under way: no other is, or was.
  // That came in this session, each with LIST's size of the message that it first came for.
  std::unordered_map<std::string, std::optional<std::uint64_t>> contents_;
  std::vector<Arrived> group_;
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
