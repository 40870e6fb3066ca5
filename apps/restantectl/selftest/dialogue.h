// A conversation with a server of ours in lines: POP3, SMTP and LMTP as a client speaks them, no
// more of them than a mail's way in and out takes. Errors of all functions are ClientStream's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dial/stream.h"
#include "pop3/client_reply.h"

namespace restante::ctl {

/// Used by one thread at a time.
class Dialogue {
 public:
  explicit Dialogue(std::unique_ptr<net::ClientStream> stream) : stream_(std::move(stream)) {}

  /// Sends the line, with CRLF, and gives back the answer; kState: it refuses, and the detail has
  /// the server's words.
  Result<std::string> ask_pop3(const std::string& line);
  Result<std::string> ask_smtp(const std::string& line, std::string_view code);
  /// A line that the server sends by itself: its greeting, its answer to a message.
  Result<std::string> hear_pop3();
  Result<std::string> hear_smtp(std::string_view code);

  Status send(std::string_view octets) { return stream_->write(octets); }
  /// The lines up to the final dot, un-stuffed, with CRLF. Errors: also kLimit.
  Result<std::string> hear_body(std::size_t octets_max);

  [[nodiscard]] net::ClientStream& stream() { return *stream_; }

 private:
  Result<std::string> line();

  std::unique_ptr<net::ClientStream> stream_;
  pop3::ReplyLineReader reader_;
  std::string input_;  // Read, and not yet looked at.
};

}  // namespace restante::ctl
