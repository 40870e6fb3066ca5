#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/numbers.h"
#include "fetch/hand_on_target.h"
#include "fetch/socket_target.h"
#include "mail/wire_codec.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kLineMax = 4096;
constexpr int kLinesMax = 100;  // Of one reply.

/// An LMTP reply: its code and its last line's text.
struct Reply {
  unsigned code = 0;
  std::string text;

  [[nodiscard]] bool ok() const { return code >= 200 && code < 400; }
};

/// The dialogue's lines over a stream.
class Dialogue {
 public:
  explicit Dialogue(net::ClientStream& stream) : stream_(stream) {}

  Result<Reply> reply() {
    for (int i = 0; i < kLinesMax; ++i) {
      RESTANTE_TRY(const std::string line, read_line());
      const Result<unsigned> code = parse_decimal<unsigned>(line.substr(0, 3));
      if (!code || line.size() < 3) return Error(Errc::kSyntax, "this is no LMTP reply: " + line);
      if (line.size() > 3 && line[3] == '-') continue;
      return Reply{*code, line.size() > 4 ? line.substr(4) : std::string()};
    }
    return Error(Errc::kLimit, "a reply that does not end");
  }
  Result<Reply> command(const std::string& line) {
    RESTANTE_CHECKED(stream_.write(line + "\r\n"));
    return reply();
  }
  Status write(std::string_view octets) { return stream_.write(octets); }

 private:
  Result<std::string> read_line() {
    for (;;) {
      const std::size_t end = unread_.find('\n');
      if (end != std::string::npos) {
        std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        for (char& c : line)
          if (is_control(c)) c = ' ';
        return line;
      }
      if (unread_.size() > kLineMax) return Error(Errc::kLimit, "a line that does not end");
      RESTANTE_TRY(const std::string_view more, stream_.read());
      unread_ += more;
    }
  }

  net::ClientStream& stream_;
  std::string unread_;
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

Status send_body(Dialogue& dialogue, const HandOnMessage& message) {
  mail::DotStuffer stuffer(mail::BareLf::kKeep);
  std::string out;
  RESTANTE_CHECKED(message.send([&](std::string_view octets) -> Status {
    stuffer.write(octets, out);
    Status written = dialogue.write(out);
    out.clear();
    return written;
  }));
  stuffer.finish(out);
  out += mail::kFinalDot;
  return dialogue.write(out);
}

Verdict judge(std::string_view step, const Reply& reply) {
  std::string reason = fmt::format("{}: {} {}", step, reply.code, reply.text);
  return reply.code >= 500 ? refused(std::move(reason)) : later(std::move(reason));
}

/// RFC 2033 s.4.2: after the final dot there is one reply for each recipient, here one.
Result<Verdict> converse(const HandOnCall& call) {
  RESTANTE_TRY(const std::unique_ptr<net::ClientStream> stream,
               connect_to(call.target.target, call.target.timeout, call.stop));
  Dialogue dialogue(*stream);
  RESTANTE_TRY(const Reply greeting, dialogue.reply());
  if (!greeting.ok()) return judge("greeting", greeting);
  const std::string commands[] = {"LHLO " + host_name(), "MAIL FROM:<" + call.target.sender + ">",
                                  "RCPT TO:<" + call.target.recipient + ">", "DATA"};
  for (const std::string& command : commands) {
    RESTANTE_TRY(const Reply reply, dialogue.command(command));
    if (!reply.ok()) return judge(command, reply);
  }
  RESTANTE_CHECKED(send_body(dialogue, call.message));
  RESTANTE_TRY(const Reply last, dialogue.reply());
  if (!last.ok()) return judge("the message", last);
  // What is taken is taken, whatever becomes of the goodbye.
  static_cast<void>(dialogue.write("QUIT\r\n"));
  return taken();
}

bool is_safe(std::string_view address) {
  return std::none_of(address.begin(), address.end(),
                      [](char c) { return is_control(c) || c == '<' || c == '>'; });
}

}  // namespace

Verdict hand_on_by_lmtp(const HandOnCall& call) {
  if (!is_safe(call.target.sender) || !is_safe(call.target.recipient))
    return refused("the configured sender or recipient is no address");
  Result<Verdict> verdict = converse(call);
  if (verdict) return std::move(*verdict);
  return verdict_of(
      Error(verdict.error().code, call.target.target + ": " + verdict.error().detail));
}

}  // namespace restante::fetch
