#include "fetch/session/dialogue.h"

#include <algorithm>

#include "pop3/client_body.h"

namespace restante::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Less than this in a whole reply_timeout is a server that only pretends to go on.
constexpr std::size_t kOctetsPerTimeoutMin = 1024;
// Some servers put a blank line behind a listing; a server could send them for ever.
constexpr int kBlankLinesMax = 16;

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

}  // namespace

Dialogue::Dialogue(std::unique_ptr<net::ClientStream> stream, std::string name,
                   std::chrono::milliseconds reply_timeout, Trace trace)
    : stream_(std::move(stream)),
      name_(std::move(name)),
      reply_timeout_(reply_timeout),
      trace_(std::move(trace)) {
  // Each wait has it: a server that falls silent is left.
  stream_->set_timeout(reply_timeout_);
}

Error Dialogue::error(Errc code, std::string_view what) const {
  return Error(code, name_ + ": " + std::string(what));
}

Error Dialogue::failed(const Error& error) const {
  if (error.code == Errc::kState) return error;  // We were stopped: no fault of the server's.
  if (error.code != Errc::kTimeout || !error.detail.empty())
    return this->error(error.code, error.detail);
  return this->error(Errc::kTimeout,
                     "no answer for " + std::to_string(reply_timeout_.count() / 1000) + " s");
}

Error Dialogue::refused(const pop3::ClientReply& reply, std::string_view what,
                        Errc otherwise) const {
  // By the words too, where a server gives no codes.
  Errc code = otherwise;
  if (pop3::is_temporary(reply)) code = Errc::kBusy;
  if (pop3::code_is(reply.code, "AUTH")) code = Errc::kAuth;
  // RFC 3206 s.4: nothing of the login, so no password is asked for anew.
  if (pop3::code_is(reply.code, "SYS/PERM")) code = Errc::kIo;
  std::string text = std::string(what) + " refused";
  if (!reply.text.empty()) text += ": " + pop3::to_printable(reply.text);
  if (!reply.code.empty()) text += " [" + reply.code + "]";
  return error(code, text);
}

void Dialogue::show(char direction, std::string_view line) const {
  if (trace_) trace_(direction, pop3::to_printable(line));
}

Status Dialogue::send(std::string_view lines) {
  for (std::string_view rest = lines; trace_ && !rest.empty();) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    show('>', rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  stream_->set_timeout(reply_timeout_);
  // In the trace a secret is never shown.
  if (const Status sent = stream_->write(lines); !sent) return failed(sent.error());
  return ok();
}

Status Dialogue::send_secret(std::string_view line, std::string_view shown) {
  show('>', shown);
  stream_->set_timeout(reply_timeout_);
  if (const Status sent = stream_->write(line); !sent) return failed(sent.error());
  return ok();
}

Status Dialogue::fill(milliseconds timeout) {
  stream_->set_timeout(std::max(timeout, milliseconds(1)));
  auto got = stream_->read();
  if (!got) return failed(got.error());
  unread_ = *got;
  return ok();
}

bool Dialogue::says_more() {
  // Blank lines behind a reply say nothing.
  unread_.remove_prefix(std::min(unread_.find_first_not_of("\r\n"), unread_.size()));
  return has_unread();
}

Result<pop3::ClientReply> Dialogue::receive() {
  const auto start = steady_clock::now();
  int blank = 0;
  for (;;) {
    auto line = reader_.next(unread_);
    if (!line) return error(line.error().code, line.error().detail);
    // What is not blank is a reply, with a right line end or not.
    if (line->complete && line->text.empty() && blank++ < kBlankLinesMax) continue;
    if (line->complete) {
      bare_lf_ = line->bare_lf;
      auto reply = pop3::parse_reply(line->text);
      if (!reply) return error(reply.error().code, reply.error().detail);
      const bool is_challenge = reply->kind == pop3::ClientReply::Kind::kContinue;
      // From a challenge and its answer a password can be guessed.
      show('<', is_challenge && !reply->text.empty() ? "+ …" : line->text);
      return reply;
    }
    RESTANTE_CHECKED(fill(reply_timeout_ - since(start)));
  }
}

/// Until the judge knows. The octets read meanwhile stay unread for others.
Result<DotIs> Dialogue::ask(const DotJudge& judge) {
  // Mostly the octets that are there are enough, and are not copied: a message may be full of these
  // dots.
  RESTANTE_TRY(const DotIs at_once, judge(unread_));
  if (at_once != DotIs::kUnknown) return at_once;
  const auto start = steady_clock::now();
  std::string read(unread_);
  for (;;) {
    RESTANTE_CHECKED(fill(reply_timeout_ - since(start)));
    read += unread_;
    RESTANTE_TRY(const DotIs is, judge(read));
    if (is != DotIs::kUnknown) {
      held_ = std::move(read);
      unread_ = held_;
      return is;
    }
    // What was read for the judge comes again, for the message.
  }
}

Status Dialogue::receive_body(const std::function<Status(std::string_view piece)>& on_piece,
                              const DotJudge& judge) {
  pop3::BodyReader body(bare_lf_, judge ? pop3::LfDot::kAsked : pop3::LfDot::kText);
  milliseconds waited{0};
  std::size_t octets = 0;
  for (;;) {
    for (;;) {
      const std::string_view piece = body.next(unread_);
      if (!piece.empty()) {
        RESTANTE_CHECKED(on_piece(piece));
      } else if (body.at_lf_dot()) {
        RESTANTE_TRY(const DotIs is, ask(judge));
        if (is == DotIs::kEnd)
          body.take_lf_dot();
        else
          RESTANTE_CHECKED(on_piece(body.keep_lf_dot()));
      } else {
        break;
      }
    }
    // The final dot was seen.
    if (body.done()) return ok();
    // A deadline for the whole message would refuse large ones on slow lines; a pace does not.
    if (waited >= reply_timeout_) {
      if (octets < kOctetsPerTimeoutMin)
        return error(Errc::kTimeout, "sends less than 1 KiB in " +
                                         std::to_string(reply_timeout_.count() / 1000) + " s");
      waited = milliseconds(0);
      octets = 0;
    }
    // A pace over each reply_timeout: what came earlier does not count for ever.
    const auto start = steady_clock::now();
    RESTANTE_CHECKED(fill(reply_timeout_));
    waited += since(start);
    octets += unread_.size();
  }
}

Status Dialogue::receive_lines(const std::function<bool(std::string_view line)>& on_line) {
  pop3::ListingLines lines;
  bool goes_on = true;
  const Status done = receive_body([&](std::string_view piece) -> Status {
    lines.feed(piece, [&](std::string_view line) { goes_on = goes_on && on_line(line); });
    return goes_on ? ok() : Status(Error(Errc::kState));
  });
  // The caller has had enough: the session is over, and the rest is not read.
  if (goes_on) return done;
  unread_ = {};
  return ok();
}

}  // namespace restante::fetch
