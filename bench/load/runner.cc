#include "load/runner.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.h"

namespace restante::load {
namespace {

constexpr std::size_t kComplaintsMax = 5;

}  // namespace

Runner::Runner(const RunOptions& options)
    : options_(options), tls_(options.tls), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  RESTANTE_CHECK(epoll_ >= 0 && !options.accounts.empty());
  free_accounts_.resize(options.accounts.size());
  std::iota(free_accounts_.begin(), free_accounts_.end(), std::size_t{0});
}

Runner::~Runner() {
  active_.clear();
  ::close(epoll_);
}

bool Runner::may_start() const {
  if (active_.size() >= options_.connections || free_accounts_.empty()) return false;
  if (options_.sessions > 0) return started_ < options_.sessions;
  return std::chrono::steady_clock::now() - began_ < options_.duration;
}

TimePoint Runner::next_start() const {
  if (!options_.rate) return std::chrono::steady_clock::now();
  const std::chrono::duration<double> after(static_cast<double>(started_) / *options_.rate);
  return began_ + std::chrono::duration_cast<std::chrono::nanoseconds>(after);
}

void Runner::start_due() {
  while (may_start()) {
    const TimePoint intended = next_start();
    if (intended > std::chrono::steady_clock::now()) return;
    const Script& script = options_.scripts[started_ % options_.scripts.size()];
    auto made = std::make_unique<Connection>(options_.target, tls_, script, intended);
    Connection& connection = *made;
    active_.emplace(&connection, std::move(made));
    connection.set_account(options_.accounts, take_account());
    ++started_;
    if (connection.socket() >= 0) watch(connection, EPOLL_CTL_ADD);
    advance(connection);
  }
}

std::size_t Runner::take_account() {
  if (!options_.scripts.front().logs_in) return started_ % options_.accounts.size();
  const std::size_t taken = free_accounts_.front();
  free_accounts_.pop_front();
  return taken;
}

void Runner::watch(const Connection& connection, int operation) {
  epoll_event event{};
  event.events = connection.wants_to_write() ? EPOLLOUT : EPOLLIN;
  event.data.ptr = const_cast<Connection*>(&connection);
  ::epoll_ctl(epoll_, operation, connection.socket(), &event);
}

void Runner::advance(Connection& connection) {
  const bool wanted_to_write = connection.wants_to_write();
  const auto state =
      connection.advance([this](std::chrono::nanoseconds time) { report_.step_time.add(time); });
  if (state != Connection::State::kUnderWay) return end(connection, state);
  if (connection.wants_to_write() != wanted_to_write) watch(connection, EPOLL_CTL_MOD);
}

void Runner::end(Connection& connection, Connection::State state) {
  report_.octets += connection.octets();
  if (state == Connection::State::kFailed) {
    ++report_.failed;
    if (report_.complaints.size() < kComplaintsMax)
      report_.complaints.push_back(connection.complaint());
  } else {
    ++report_.sessions;
    if (connection.resumed()) ++report_.resumed;
    report_.session_time.add(std::chrono::steady_clock::now() - connection.intended());
  }
  auto taken = active_.extract(&connection);
  if (state != Connection::State::kHolds) {
    if (options_.scripts.front().logs_in) free_accounts_.push_back(connection.account());
    return;
  }
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.socket(), nullptr);
  held_.push_back(std::move(taken.mapped()));
}

/// A server may have dropped a connection that the client takes for open.
void Runner::end_late() {
  const TimePoint now = std::chrono::steady_clock::now();
  if (now - looked_ < options_.patience / 4) return;
  looked_ = now;
  std::vector<Connection*> late;
  for (const auto& [connection, owned] : active_)
    if (now - connection->step_began() > options_.patience) late.push_back(owned.get());
  for (Connection* connection : late) {
    connection->give_up();
    end(*connection, Connection::State::kFailed);
  }
}

int Runner::wait_time() const {
  if (!options_.rate || !may_start())
    return static_cast<int>(std::min<std::int64_t>(options_.patience.count(), 1000));
  const auto left = next_start() - std::chrono::steady_clock::now();
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 1000));
}

void Runner::run_until_quiet() {
  began_ = std::chrono::steady_clock::now();
  std::array<epoll_event, 256> events{};
  while (true) {
    start_due();
    if (active_.empty() && !may_start()) break;
    const int got =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_time());
    for (int i = 0; i < got; ++i)
      advance(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    end_late();
  }
  report_.elapsed = std::chrono::steady_clock::now() - began_;
}

}  // namespace restante::load
