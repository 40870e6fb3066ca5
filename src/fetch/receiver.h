// The messages of one session come in: asked for ahead within a window, streamed to the disk, made
// durable in groups. What came whole is kept, even when the session then breaks; what made it break
// is remembered, so that the next session goes around it. Private to the collector.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "fetch/header_block.h"
#include "fetch/run.h"
#include "fetch/session.h"
#include "fetch/window.h"

namespace restante::fetch {

class Receiver {
 public:
  Receiver(Run& run, Session& session) : run_(run), session_(session) {}

  /// After an Error the session is over. `messages_max`: no more than so many are asked for.
  Status fetch(std::span<const Fetch> messages, std::size_t messages_max);

  /// The Error was the disk's: no other session would fare better.
  [[nodiscard]] bool local_failed() const { return local_failed_; }
  /// Messages that are dealt with, be it as failures.
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  /// By number in this session: what each message that has no unique id was.
  [[nodiscard]] const std::unordered_map<std::uint32_t, std::string>& unidentified() const {
    return unidentified_;
  }

 private:
  Status ask(std::span<const Fetch> messages, Window& window);
  Status receive(const Fetch& message);
  Status take(const Fetch& message, std::unique_ptr<archive::Incoming> incoming,
              const HeaderBlock& header);
  Status keep_group();
  [[nodiscard]] bool group_is_due() const;

  Status refused(const Fetch& message, const Retrieved& answer);
  /// The session broke while this message came.
  Status broke(const Fetch& message, const Error& error);
  /// It did not come: what becomes of it, and why.
  Status set_aside(const Fetch& message, UidState state, std::string reason);
  Status local(Status status);

  Run& run_;
  Session& session_;
  std::size_t asked_ = 0;
  std::vector<Arrived> group_;
  std::uint64_t group_octets_ = 0;
  std::chrono::steady_clock::time_point group_began_;
  std::unordered_map<std::uint32_t, std::string> unidentified_;
  std::uint64_t settled_ = 0;
  bool local_failed_ = false;
  bool broke_ = false;
};

}  // namespace restante::fetch
