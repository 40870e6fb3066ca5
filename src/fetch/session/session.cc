#include "fetch/session/session.h"

#include <algorithm>
#include <deque>

#include "base/ascii.h"
#include "fetch/session/lf_body.h"
#include "fetch/session/login.h"
#include "fetch/session/opening.h"
#include "profile/profile.h"

namespace restante::fetch {
namespace {

using Kind = pop3::ClientReply::Kind;

constexpr std::size_t kWindowMax = 1000;
// A listing is the server's to make as long as it likes, and ours to keep in memory.
constexpr std::size_t kListingLinesMax = 4'000'000;
constexpr std::size_t kListingBytesMax = 256U << 20;
// RFC 2449 s.4.
constexpr std::size_t kReplyLineMax = 512;

Status to_status(const Result<pop3::ClientReply>& reply) {
  return reply ? ok() : Status(reply.error());
}

SimpleReply simple(const pop3::ClientReply& reply) {
  return {reply.kind == Kind::kOk, reply.code, pop3::to_printable(reply.text)};
}

}  // namespace

struct Session::Parts {
  explicit Parts(Opening opening)
      : dialogue(std::move(opening.dialogue)), capabilities(std::move(opening.capabilities)) {}

  struct Request {
    bool brings_message = false;
    std::string line;  ///< Empty: it is sent.
  };

  [[nodiscard]] std::size_t limit() const { return capabilities.pipelining ? window : 1; }
  /// Sends requests as far as the window lets it.
  Status pump();
  Status add(bool brings_message, std::string line);
  /// The answer to the next request. An Error of the dialogue ends the session.
  Result<pop3::ClientReply> next_reply(bool brings_message);
  /// A command outside the queue.
  Result<pop3::ClientReply> ask(std::string_view command);
  /// The same, whose -ERR is an Error: kBusy when it is temporary.
  Status demand(std::string_view command);
  /// Whether a dot behind a bare LF was the final one of the message that comes into `body`.
  Result<DotIs> judge_dot(const LfBody& body, std::optional<std::uint64_t> listed,
                          std::string_view following);
  /// The lines that follow.
  Status read_listing(const std::function<void(std::string_view line)>& on_line);
  Status ended(Status status) {
    is_over = is_over || !status;
    return status;
  }

  std::unique_ptr<Dialogue> dialogue;
  Capabilities capabilities;
  std::string method;
  std::size_t window = 1;
  std::deque<Request> requests;
  std::size_t sent = 0;  // Of them, from the front.
  bool probed = false;   // NOOP was sent while a message came, and is not answered yet.
  bool is_over = false;
};

Status Session::Parts::pump() {
  std::string lines;
  // One packet for all of them, where the server takes several commands.
  std::size_t now_sent = sent;
  // What was sent keeps its place, with an empty line: answers come in this order.
  while (now_sent < requests.size() && now_sent < limit())
    lines += std::exchange(requests[now_sent++].line, {});
  if (lines.empty()) return ok();
  // Octets that are there already would be taken for the answer, and each answer then for that of
  // the request before.
  if (sent == 0 && dialogue->says_more())
    return ended(dialogue->error(Errc::kSyntax, "says more than it was asked for"));
  sent = now_sent;
  return ended(dialogue->send(lines));
}

Status Session::Parts::add(bool brings_message, std::string line) {
  if (is_over) return Error(Errc::kState, "the session is over");
  requests.push_back({brings_message, std::move(line)});
  // Not one by one: requests that are made together go out together.
  return requests.size() >= limit() && sent <= limit() / 2 ? pump() : ok();
}

Result<pop3::ClientReply> Session::Parts::next_reply(bool brings_message) {
  if (is_over) return Error(Errc::kState, "the session is over");
  if (requests.empty() || requests.front().brings_message != brings_message)
    // An answer of another kind would be read as this one's.
    return Error(Errc::kState, "no such request is open");
  // The window is filled up when half of it is answered: the server never waits for us, and not
  // every message costs a packet.
  if (sent <= limit() / 2) RESTANTE_CHECKED(pump());
  requests.pop_front();
  --sent;
  auto reply = dialogue->receive();
  if (reply && reply->kind == Kind::kContinue)
    reply = dialogue->error(Errc::kSyntax, "answers a request with \"+ \"");
  is_over = !reply;
  return reply;
}

Result<pop3::ClientReply> Session::Parts::ask(std::string_view command) {
  if (is_over) return Error(Errc::kState, "the session is over");
  // Its answer would come behind theirs.
  if (!requests.empty()) return Error(Errc::kState, "requests are open");
  if (dialogue->says_more()) {
    is_over = true;
    return dialogue->error(Errc::kSyntax, "says more than it was asked for");
  }
  RESTANTE_CHECKED(ended(dialogue->send(std::string(command) + "\r\n")));
  auto reply = dialogue->receive();
  if (reply && reply->kind == Kind::kContinue)
    reply = dialogue->error(Errc::kSyntax, "answers " + std::string(command) + " with \"+ \"");
  is_over = !reply;
  return reply;
}

Status Session::Parts::demand(std::string_view command) {
  RESTANTE_TRY(const auto reply, ask(command));
  if (reply.kind == Kind::kOk) return ok();
  return dialogue->refused(reply, command, Errc::kSyntax);
}

Result<DotIs> Session::Parts::judge_dot(const LfBody& body, std::optional<std::uint64_t> listed,
                                        std::string_view following) {
  const bool fits_as_is = body.fits_as_is(listed);
  if (following.empty()) {
    if (fits_as_is && !probed) return DotIs::kEnd;
    // No other request is open: a reply to this one is behind the message's end.
    // A NOOP once: its reply shows where the message ends.
    if (sent == 0 && !std::exchange(probed, true)) RESTANTE_CHECKED(dialogue->send("NOOP\r\n"));
    return DotIs::kUnknown;
  }
  // Nothing was asked for that this could answer: it is the author's, even if it looks like a
  // reply.
  if (sent == 0 && !probed && !fits_as_is) return DotIs::kText;
  const std::string sign = to_upper(following.substr(0, following.starts_with('-') ? 4 : 3));
  if (!std::string_view("+OK").starts_with(sign) && !std::string_view("-ERR").starts_with(sign))
    return DotIs::kText;
  const std::size_t line_end = following.find('\n');
  if (line_end == following.npos)
    // A line that is longer than any reply is text.
    return following.size() < kReplyLineMax ? DotIs::kUnknown : DotIs::kText;
  if (!pop3::parse_reply(trim(following.substr(0, line_end)))) return DotIs::kText;
  // The line is the NOOP's reply, or text that looks like it and goes on.
  if (probed) return line_end + 1 == following.size() ? DotIs::kEnd : DotIs::kText;
  if (body.fits(listed)) return DotIs::kEnd;
  return dialogue->error(Errc::kSyntax,
                         "ends a message by a dot behind a bare LF, where LIST says another size");
}

Status Session::Parts::read_listing(const std::function<void(std::string_view line)>& on_line) {
  std::size_t lines = 0;
  std::size_t bytes = 0;
  const Status done = dialogue->receive_lines([&](std::string_view line) {
    // A listing is kept in memory, and a server may send it for ever.
    bytes += line.size();
    if (++lines > kListingLinesMax || bytes > kListingBytesMax) return false;
    on_line(line);
    return true;
  });
  if (lines > kListingLinesMax || bytes > kListingBytesMax)
    return ended(dialogue->error(Errc::kLimit, "lists more than 4 million messages or 256 MiB"));
  return ended(done);
}

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const SessionOptions& options) {
  LoginOptions login(options.account, options.secret);
  login.kind = options.kind;
  // Before a connection: a name or password that POP3 cannot say needs no server to be refused.
  RESTANTE_CHECKED(check_login(login));
  RESTANTE_TRY(Opening opening, open_connection(options.account, options.stop, options.trace,
                                                {options.asks_capa, options.way}));
  login.greeting = opening.greeting;
  RESTANTE_TRY(const std::string method, log_in(*opening.dialogue, opening.capabilities, login));
  auto parts = std::make_unique<Parts>(std::move(opening));
  parts->method = method;
  parts->window = std::clamp<std::size_t>(options.account.window, 1, kWindowMax);
  // F-14: some servers tell their capabilities only after the login. One that does not answer now
  // has not taken back its earlier list.
  if (options.asks_capa) {
    RESTANTE_TRY(Capabilities now, ask_capabilities(*parts->dialogue));
    if (now.known) parts->capabilities = std::move(now);
  }
  return std::unique_ptr<Session>(new Session(std::move(parts)));
}

bool Session::is_of_capa(const Error& error) {
  return error.detail.ends_with(kAtCapa) && is_silence(error.code);
}

const Capabilities& Session::capabilities() const { return parts_->capabilities; }
std::string_view Session::login_method() const { return parts_->method; }
std::string Session::tls_version() const { return parts_->dialogue->stream().tls_version(); }

Result<Totals> Session::stat() {
  RESTANTE_TRY(const auto reply, parts_->ask("STAT"));
  if (reply.kind == Kind::kErr) return parts_->dialogue->refused(reply, "STAT", Errc::kSyntax);
  auto totals = pop3::parse_totals(reply.text);
  if (!totals) return parts_->dialogue->error(totals.error().code, totals.error().detail);
  return totals;
}

Result<std::vector<ListedSize>> Session::list() {
  RESTANTE_CHECKED(parts_->demand("LIST"));
  std::vector<ListedSize> out;
  RESTANTE_CHECKED(parts_->read_listing(
      [&](std::string_view line) { out.push_back(pop3::parse_listed_size(line)); }));
  return out;
}
// None of the lines is refused here: the plan judges the listing as a whole.

Result<std::optional<std::vector<ListedUid>>> Session::uidl() {
  RESTANTE_TRY(const auto reply, parts_->ask("UIDL"));
  if (reply.kind == Kind::kErr) {
    // F-18: "not now" is not "never": a server that announces unique ids has them.
    if (parts_->capabilities.uidl || !reply.code.empty() || pop3::is_temporary(reply))
      return parts_->dialogue->refused(reply, "UIDL", Errc::kBusy);
    return std::optional<std::vector<ListedUid>>();
  }
  std::vector<ListedUid> out;
  RESTANTE_CHECKED(parts_->read_listing(
      [&](std::string_view line) { out.push_back(pop3::parse_listed_uid(line)); }));
  return std::optional(std::move(out));
}

Status Session::request_retr(std::uint32_t number) {
  return parts_->add(true, "RETR " + std::to_string(number) + "\r\n");
}

Status Session::request_top(std::uint32_t number, std::uint32_t lines) {
  return parts_->add(true, "TOP " + std::to_string(number) + " " + std::to_string(lines) + "\r\n");
}

Status Session::request_dele(std::uint32_t number) {
  return parts_->add(false, "DELE " + std::to_string(number) + "\r\n");
}

Status Session::flush() {
  if (parts_->is_over) return Error(Errc::kState, "the session is over");
  return parts_->pump();
}

Result<Retrieved> Session::receive_message(MessageSink& sink, std::optional<std::uint64_t> listed) {
  RESTANTE_TRY(const auto reply, parts_->next_reply(true));
  const SimpleReply said = simple(reply);
  Retrieved out{said.ok, said.code, said.text, 0};
  if (!out.ok) return out;
  LfBody body(sink);
  bool by_lf = false;
  const auto judge = [&](std::string_view following) -> Result<DotIs> {
    RESTANTE_TRY(const DotIs is, parts_->judge_dot(body, listed, following));
    by_lf = is == DotIs::kEnd;
    return is;
  };
  RESTANTE_CHECKED(parts_->ended(parts_->dialogue->receive_body(
      [&](std::string_view piece) { return body.write(piece); }, judge)));
  // The NOOP's reply belongs to no one else.
  if (std::exchange(parts_->probed, false))
    RESTANTE_CHECKED(parts_->ended(to_status(parts_->dialogue->receive())));
  RESTANTE_CHECKED(parts_->ended(body.finish(by_lf, listed)));
  out.octets = body.octets();
  return out;
}

void Session::set_window(std::uint32_t commands) {
  parts_->window = std::clamp<std::size_t>(commands, 1, kWindowMax);
}

bool Session::asks_ahead() const { return parts_->limit() > 1; }
bool Session::is_over() const { return parts_->is_over; }

Result<SimpleReply> Session::receive_reply() {
  RESTANTE_TRY(const auto reply, parts_->next_reply(false));
  return simple(reply);
}

Status Session::noop() { return parts_->demand("NOOP"); }

Status Session::quit() {
  const auto reply = parts_->ask("QUIT");
  if (!reply) return reply.error();
  // After QUIT nothing more may be asked, answered or not.
  parts_->is_over = true;
  parts_->dialogue->stream().close();
  if (reply->kind == Kind::kOk) return ok();
  return parts_->dialogue->refused(*reply, "QUIT (its deletions may not be in force)", Errc::kBusy);
}

}  // namespace restante::fetch
