// Where a message goes while the session reads it: into the archive, or, of TOP, only its header.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "archive/mailbox/incoming.h"
#include "fetch/hand_on/header_block.h"
#include "fetch/run/observer.h"
#include "fetch/session/session.h"

namespace restante::fetch {

/// How long a message may be, given what LIST says: a hint, so with much room; but a message that
/// never ends must not fill the disk.
constexpr std::uint64_t message_octets_max(std::optional<std::uint64_t> listed) {
  constexpr std::uint64_t kLeast = 64ULL << 20;
  constexpr std::uint64_t kMost = 16ULL << 30;
  constexpr std::uint64_t kTimesListed = 16;
  if (!listed || *listed >= kMost / kTimesListed) return std::max(kMost, 2 * listed.value_or(0));
  return std::max(kLeast, kTimesListed * *listed);
}

/// Into an Incoming, with its header on the side. An Error of write() is one of the two: local() is
/// the disk's, otherwise the message is too long (kLimit).
class ArchiveSink final : public MessageSink {
 public:
  ArchiveSink(archive::Incoming& incoming, Observer& observer, std::uint64_t octets_max)
      : incoming_(incoming), observer_(observer), octets_max_(octets_max) {}

  Status write(std::string_view octets) override {
    octets_ += octets.size();
    if (is_too_long()) return Error(Errc::kLimit, "the message does not end");
    header_.feed(octets);
    observer_.received(octets.size());
    Status written = incoming_.write(octets);
    if (!written) failed_ = true;
    return written;
  }

  [[nodiscard]] bool is_too_long() const { return octets_ > octets_max_; }
  /// The disk would not take it.
  [[nodiscard]] bool local() const { return failed_; }
  [[nodiscard]] const HeaderBlock& header() const { return header_; }

 private:
  archive::Incoming& incoming_;
  Observer& observer_;
  std::uint64_t octets_max_;
  std::uint64_t octets_ = 0;
  bool failed_ = false;
  HeaderBlock header_;
};

class HeaderSink final : public MessageSink {
 public:
  Status write(std::string_view octets) override {
    // A server that does not know "0 lines" sends the message; its header ends all the same.
    octets_ += octets.size();
    if (octets_ > message_octets_max(std::nullopt))
      return Error(Errc::kLimit, "the header does not end");
    header_.feed(octets);
    return ok();
  }
  [[nodiscard]] const HeaderBlock& header() const { return header_; }

 private:
  std::uint64_t octets_ = 0;
  HeaderBlock header_;
};

}  // namespace restante::fetch
