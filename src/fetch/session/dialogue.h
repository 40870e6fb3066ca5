// The dialogue with a POP3 server: lines out, replies and bodies in, each with its deadline, every
// line shown to the trace without secrets. It knows no command and no state of POP3.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/stream.h"
#include "fetch/session/trace.h"
#include "pop3/client_reply.h"

namespace restante::fetch {

/// What a dot and CRLF behind a bare LF are (pop3/client_body.h).
enum class DotIs : std::uint8_t { kEnd, kText, kUnknown };
/// Decides it by what is there behind it: `following` is what has been read so far. kUnknown: asked
/// again when there is more.
using DotJudge = std::function<Result<DotIs>(std::string_view following)>;

/// Used by one thread at a time. Every Error is the end of the dialogue, and its detail begins with
/// the server's name.
class Dialogue {
 public:
  /// `name` is the server's, for messages. A reply's line has `reply_timeout` from when it is
  /// waited for; a body has to bring 1 KiB in each such time, or its end.
  Dialogue(std::unique_ptr<net::ClientStream> stream, std::string name,
           std::chrono::milliseconds reply_timeout, Trace trace);

  /// Sends whole lines at once, as they are.
  Status send(std::string_view lines);
  /// The same for one line with a secret: `shown` is what the trace sees.
  Status send_secret(std::string_view line, std::string_view shown);

  /// Blank lines before it are passed over, a few of them.
  Result<pop3::ClientReply> receive();
  /// What follows the reply, up to the final dot: un-stuffed, in pieces.
  /// Without a judge a dot behind a bare LF is text.
  Status receive_body(const std::function<Status(std::string_view piece)>& on_piece,
                      const DotJudge& judge = {});
  /// The same as lines without their ends. `on_line` says whether to go on: false ends it here.
  Status receive_lines(const std::function<bool(std::string_view line)>& on_line);

  /// The server has said more than it was asked for, as far as has been read.
  [[nodiscard]] bool has_unread() const { return !unread_.empty(); }
  /// The same, where blank lines are nothing: some servers send them behind their replies.
  [[nodiscard]] bool says_more();
  [[nodiscard]] net::ClientStream& stream() { return *stream_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// An Error in this dialogue: `what`, behind the server's name.
  [[nodiscard]] Error error(Errc code, std::string_view what) const;
  /// The Error of a reply that is no +OK, with the command that it answers. kBusy, kAuth only where
  /// the code says so, else `otherwise`.
  [[nodiscard]] Error refused(const pop3::ClientReply& reply, std::string_view what,
                              Errc otherwise) const;

 private:
  Status fill(std::chrono::milliseconds timeout);
  Result<DotIs> ask(const DotJudge& judge);
  Error failed(const Error& error) const;
  void show(char direction, std::string_view line) const;

  std::unique_ptr<net::ClientStream> stream_;
  const std::string name_;
  const std::chrono::milliseconds reply_timeout_;
  const Trace trace_;
  std::string_view unread_;  // In the stream's buffer, or in held_.
  std::string held_;
  pop3::ReplyLineReader reader_;
  bool bare_lf_ = false;  // The last reply's line ended so.
};

}  // namespace restante::fetch
