#include "server/outgoing/outgoing.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "files/errors.h"
#include "net/connection.h"
#include "server/outgoing/wire.h"

namespace restante::server {
namespace {

using Steady = std::chrono::steady_clock;

// The process answers in time by itself; this limit is for a process that cannot.
constexpr auto kBeyondSpan = std::chrono::seconds(2);
constexpr auto kTurnPause = std::chrono::milliseconds(20);

Error no_turn(const FarPlace& place) {
  return Error(Errc::kLimit,
               "too many connections are being made, to " + place.to_string() + " or in all");
}

std::chrono::milliseconds left_until(Steady::time_point deadline) {
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()));
}

}  // namespace

struct Outgoing::Channel {
  files::Descriptor socket;
  std::uint64_t questions = 0;
};

Result<std::unique_ptr<Outgoing>> Outgoing::start(const ConnectorPlan& plan) {
  std::unique_ptr<Outgoing> out(new Outgoing());
  std::vector<files::Descriptor> theirs;
  std::vector<int> numbers;
  for (std::size_t i = 0; i < kOutgoingAtOnce; ++i) {
    // A packet is a question or an answer whole, with its descriptor; none can be taken for a part
    // of the next.
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
      return files::io_error("outgoing connections: no socket");
    auto channel = std::make_unique<Channel>();
    channel->socket.reset(pair[0]);
    theirs.emplace_back(pair[1]);
    numbers.push_back(pair[1]);
    out->free_.push_back(channel.get());
    out->all_.push_back(std::move(channel));
  }
  // Before the first thread: a fork of a process with threads may hold their locks for ever.
  out->process_ = ::fork();
  if (out->process_ == 0) run_outgoing(plan, numbers);
  if (out->process_ < 0)
    return Error(Errc::kLimit,
                 std::string("no process for outgoing connections: ") + files::reason_of(errno));
  return out;
}

Outgoing::~Outgoing() {
  all_.clear();  // The process ends when its channels close.
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

Outgoing::Channel* Outgoing::take(const FarPlace& place) {
  const std::lock_guard lock(mutex_);
  return take_locked(place);
}

Outgoing::Channel* Outgoing::take_locked(const FarPlace& place) {
  // Answers that came too late for their caller free a channel here.
  take_back_owing();
  // A place that does not answer must leave turns to the others.
  if (free_.empty() || in_use_[place] >= kOutgoingToOnePlace) return nullptr;
  Channel* const channel = free_.back();
  free_.pop_back();
  ++in_use_[place];
  return channel;
}

void Outgoing::give_back(Channel& channel, const FarPlace& place, bool owes) {
  const std::lock_guard lock(mutex_);
  // A channel that owes an answer would give it to the next question.
  (owes ? owing_ : free_).push_back(&channel);
  if (--in_use_[place] == 0) in_use_.erase(place);
  changed_.notify_all();
}

/// Under the mutex. Channels whose late answer has come are free again.
void Outgoing::take_back_owing() {
  const auto owes = [](const Channel* channel) {
    pollfd waiting{channel->socket.number(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) <= 0;
  };
  const auto spoke = std::partition(owing_.begin(), owing_.end(), owes);
  free_.insert(free_.end(), spoke, owing_.end());
  owing_.erase(spoke, owing_.end());
}

Status Outgoing::ask(Channel& channel, const FarPlace& place, std::chrono::milliseconds span) {
  // Drops late answers to earlier questions, and news of an end that this question need not know.
  for (;;) {
    const auto stale = receive_answer(channel.socket.number());
    if (stale || stale.error().code == Errc::kSyntax) continue;
    if (stale.error().code == Errc::kClosed)
      return Error(Errc::kIo, "the process for outgoing connections has ended: restart the server");
    break;
  }
  if (!send_question(channel.socket.number(), {++channel.questions, place, span}))
    return Error(Errc::kIo, "the process for outgoing connections takes no questions");
  return ok();
}

std::optional<Result<files::Descriptor>> Outgoing::answer(Channel& channel) {
  for (;;) {
    auto answer = receive_answer(channel.socket.number());
    if (!answer && answer.error().code == Errc::kBusy) return std::nullopt;
    if (!answer && answer.error().code == Errc::kClosed)
      return Error(Errc::kIo, answer.error().detail);
    if (!answer) continue;
    if (answer->number == channel.questions) return std::move(answer->socket);
    // The process has ended. Whether it had begun this question is not known, so it fails now.
    if (answer->number == 0) return Error(Errc::kIo, "outgoing connections: its process has ended");
  }
}

Result<files::Descriptor> Outgoing::connect(const FarPlace& place, std::chrono::milliseconds span) {
  const auto deadline = Steady::now() + span;
  Channel* channel = nullptr;
  {
    std::unique_lock lock(mutex_);
    while ((channel = take_locked(place)) == nullptr && Steady::now() < deadline)
      // Its turn may come by a late answer, which wakes no one: so a look now and then.
      changed_.wait_for(lock, kTurnPause);
  }
  if (channel == nullptr) return no_turn(place);
  const Status asked = ask(*channel, place, left_until(deadline));
  std::optional<Result<files::Descriptor>> out;
  if (!asked) out = asked.error();
  // A little longer than the process itself waits, so that its own reason is heard.
  while (!out && Steady::now() < deadline + kBeyondSpan) {
    pollfd waiting{channel->socket.number(), POLLIN, 0};
    const auto left = left_until(deadline + kBeyondSpan);
    if (::poll(&waiting, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) break;
    out = answer(*channel);
  }
  give_back(*channel, place, !out);
  if (!out) return Error(Errc::kTimeout, place.to_string() + ": no answer in time");
  return std::move(*out);
}

net::Task<Result<files::Descriptor>> Outgoing::connect(net::Worker& worker, FarPlace place,
                                                       std::chrono::milliseconds span) {
  const auto deadline = Steady::now() + span;
  Channel* channel = take(place);
  while (channel == nullptr && Steady::now() < deadline) {
    net::Timer pause(worker.context(), kTurnPause);
    const auto waited = co_await pause.async_wait(net::kUseTuple);
    static_cast<void>(waited);
    channel = take(place);
  }
  if (channel == nullptr) co_return no_turn(place);
  // A copy, since a Connection closes its descriptor, and the channel must stay open.
  files::Descriptor copy(::fcntl(channel->socket.number(), F_DUPFD_CLOEXEC, 0));
  Status status = ok();
  if (copy.is_open())
    status = ask(*channel, place, left_until(deadline));
  else
    status = files::io_error("no file descriptor is left");
  const bool is_asked = status.has_value();
  std::optional<Result<files::Descriptor>> out;
  if (is_asked) {
    net::Connection waiting(worker, std::move(copy), net::Endpoint(), 1);
    // The channel is one of this process's descriptors; the Connection waits at the copy.
    waiting.expire_after(left_until(deadline) + kBeyondSpan);
    while (status && !out) {
      status = co_await waiting.await_input();
      if (status) out = answer(*channel);
    }
  }
  // Asked and not answered: it owes.
  give_back(*channel, place, is_asked && !out);
  if (out) co_return std::move(*out);
  if (status.error().code == Errc::kTimeout)
    co_return Error(Errc::kTimeout, place.to_string() + ": no answer in time");
  co_return status.error();
}

}  // namespace restante::server
