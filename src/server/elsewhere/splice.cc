#include "server/elsewhere/splice.h"

#include "base/ascii.h"

namespace restante::server {
namespace {

constexpr std::string_view kQuit = "QUIT\r\n";
// Half a minute: a slow line still brings the last message's end.
// For octets on their way back to a client that has ended its half.
constexpr auto kGoodbyeTime = std::chrono::seconds(30);
constexpr std::uint32_t kPiecesATurn = 16;

}  // namespace

net::Task<Status> Splice::run() {
  net::Connection& client = context_.connection;
  both_go_on();
  // A coroutine for each direction: a client that sends while it receives, as pipelining ones do,
  // blocks neither.
  client.worker().spawn(run_down());
  Status up = co_await pass_up();
  up_is_over_ = true;
  // A client that only ends its half may still get answers.
  if (up || up.error().code == Errc::kClosed) {
    // QUIT is on its way: that server answers, and closes.
    there_.bound_total(kGoodbyeTime);
    there_.end_output();
  } else {
    // An error or a limit: what is on its way is of no use to a client that is cut off.
    there_.abort();
    client.abort();
  }
  while (!down_is_over_) {
    const auto waited = co_await over_.async_wait(net::kUseTuple);
    static_cast<void>(waited);
  }
  // After QUIT an end is no fault.
  if (has_quit() && !down_ && down_.error().code == Errc::kClosed) co_return ok();
  if (up) co_return Error(Errc::kClosed, "ended there: " + down_.error().detail);
  co_return up;
}

/// Never throws: run() waits for its end.
net::Task<void> Splice::run_down() {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  down_ = co_await pass_down();
  down_is_over_ = true;
  // Octets for that server are of no use any more.
  // Its end is also the end of waiting for the client.
  there_.abort();
  if (!up_is_over_) context_.connection.abort();
  over_.cancel();
}

/// ok(): the other direction has ended first.
net::Task<Status> Splice::pass_up() {
  net::Connection& client = context_.connection;
  std::string bytes;
  Status status = ok();
  for (std::uint32_t pieces = 1; status; ++pieces) {
    if (client.input().empty()) status = co_await client.fill();
    // The answer to QUIT has come back: the end is a good one.
    if (down_is_over_) co_return ok();
    if (status) status = meter_.received(client.input());
    if (!status) break;
    note_last(client.input());
    bytes.assign(client.input());
    client.input() = {};
    status = co_await there_.send(bytes);
    both_go_on();
    if (status && meter_.owes()) status = co_await meter_.pay();
    // The other connections of the thread have their turn.
    if (pieces % kPiecesATurn == 0) co_await client.yield();
  }
  if (down_is_over_) co_return ok();
  co_return status;
}

net::Task<Status> Splice::pass_down() {
  net::Connection& client = context_.connection;
  std::string bytes;
  Status status = ok();
  for (std::uint32_t pieces = 1; status; ++pieces) {
    if (there_.input().empty()) status = co_await there_.fill();
    if (!status) break;
    bytes.assign(there_.input());
    there_.input() = {};
    use_.add_octets(bytes.size());
    meter_.sent(bytes.size());
    status = co_await client.send(bytes);
    both_go_on();
    if (status && meter_.owes()) status = co_await meter_.pay(there_);
    if (pieces % kPiecesATurn == 0) co_await client.yield();
  }
  co_return status;
}

/// Octets in one direction keep both connections: a client that downloads for long says nothing.
void Splice::both_go_on() {
  // Of both: the connection that waits is the one that the other keeps busy.
  const auto span = context_.settings->config.limits.idle_timeout;
  context_.connection.expire_after(span);
  there_.expire_after(span);
}

void Splice::note_last(std::string_view bytes) {
  // Only the last few octets tell QUIT from text that ends so, and they may come in any pieces.
  if (bytes.size() >= kQuit.size() + 1) {
    last_ = bytes.substr(bytes.size() - kQuit.size() - 1);
    return;
  }
  last_ += bytes;
  if (last_.size() > kQuit.size() + 1) last_.erase(0, last_.size() - kQuit.size() - 1);
}

/// The client's last line was QUIT.
bool Splice::has_quit() const {
  if (last_.size() < kQuit.size()) return false;
  const std::string_view line = std::string_view(last_).substr(last_.size() - kQuit.size());
  return equals_ignore_case(line, kQuit) &&
         (last_.size() == kQuit.size() || last_[last_.size() - kQuit.size() - 1] == '\n');
}

}  // namespace restante::server
