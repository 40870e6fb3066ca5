#include "restantectl/exchange/message_intake.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "files/errors.h"
#include "mail/header_scanner.h"
#include "mail/wire_codec.h"
#include "mail/wire_counter.h"

namespace restante::ctl {
namespace {

constexpr std::string_view kMboxMark = "From ";

/// Drops the first line when it is mbox's, wherever a read cuts the input.
class MboxLineSkipper {
 public:
  /// The part of the input so far that is kept; empty while that is not known.
  std::string_view take(std::string_view chunk) {
    if (state_ == State::kPass) return chunk;
    held_ += chunk;
    if (state_ == State::kUndecided && !decide()) return {};
    if (state_ == State::kPass) return held_;
    const std::size_t end = held_.find('\n');
    if (end == std::string::npos) {
      held_.clear();
      return {};
    }
    state_ = State::kPass;
    return std::string_view(held_).substr(end + 1);
  }
  /// The rest of an input that has ended before it could be told.
  std::string_view finish() {
    return state_ == State::kUndecided ? std::string_view(held_) : std::string_view();
  }

 private:
  enum class State : std::uint8_t { kUndecided, kSkip, kPass };

  bool decide() {
    const std::size_t size = std::min(held_.size(), kMboxMark.size());
    if (held_.compare(0, size, kMboxMark.substr(0, size)) != 0) {
      state_ = State::kPass;
    } else if (size == kMboxMark.size()) {
      state_ = State::kSkip;
    }
    return state_ != State::kUndecided;
  }

  State state_ = State::kUndecided;
  std::string held_;
};

class IntakeWriter {
 public:
  IntakeWriter(std::uint64_t octets_max, Intake& intake)
      : octets_max_(octets_max), intake_(intake) {}

  Status write(std::string_view raw) {
    wire_.clear();
    stuffer_.write(raw, wire_);
    return store();
  }
  Status finish() {
    wire_.clear();
    if (intake_.octets > 0) stuffer_.finish(wire_);
    return store();
  }

 private:
  Status store() {
    counter_.write(wire_);
    header_.feed(wire_);
    intake_.octets = counter_.octets();
    intake_.utf8_header = header_.has_8bit();
    if (intake_.octets > octets_max_)
      return Error(Errc::kLimit, "the message is over limits.message_size (" +
                                     std::to_string(octets_max_) + " octets)");
    intake_.spool.append(wire_);
    return intake_.spool.needs_flush() ? intake_.spool.flush() : ok();
  }

  const std::uint64_t octets_max_;
  Intake& intake_;
  mail::DotStuffer stuffer_{mail::BareLf::kToCrlf};
  mail::WireCounter counter_;
  mail::HeaderScanner header_;
  std::string wire_;
};

}  // namespace

Status take_in(int file, std::uint64_t octets_max, Intake& intake) {
  MboxLineSkipper mbox;
  IntakeWriter writer(octets_max, intake);
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return files::io_error("cannot read the message");
    if (count == 0) break;
    const std::string_view chunk(buffer.data(), static_cast<std::size_t>(count));
    RESTANTE_CHECKED(writer.write(mbox.take(chunk)));
  }
  RESTANTE_CHECKED(writer.write(mbox.finish()));
  RESTANTE_CHECKED(writer.finish());
  if (intake.octets == 0) return Error(Errc::kSyntax, "no message came in on stdin");
  return ok();
}

}  // namespace restante::ctl
