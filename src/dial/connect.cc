#include "dial/connect.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include "files/errors.h"

namespace restante::net {
namespace {

constexpr auto kAttemptDelay = std::chrono::milliseconds(250);  // RFC 8305 s.5.

/// What the thread that looks up and the one that waits share; the last of them frees it.
struct LookUp {
  std::string host;
  std::string port;
  files::Descriptor done;
  int error = 0;
  std::vector<SocketAddress> found;
};

void run(LookUp& look_up) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  // No IPv6 addresses on a machine without IPv6: each would cost an attempt.
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  look_up.error = ::getaddrinfo(look_up.host.c_str(), look_up.port.c_str(), &hints, &first);
  for (const addrinfo* at = first; at != nullptr && look_up.error == 0; at = at->ai_next) {
    SocketAddress address;
    // None is longer today, but the length is the resolver's word.
    if (at->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.length = at->ai_addrlen;
    look_up.found.push_back(address);
  }
  if (first != nullptr) ::freeaddrinfo(first);
  const std::uint64_t one = 1;
  // The one who waits may be gone: the descriptor is shared, so that this writes to nothing else.
  [[maybe_unused]] const ssize_t written = ::write(look_up.done.number(), &one, sizeof one);
}

Error look_up_error(const LookUp& look_up) {
  const std::string reason = look_up.host + ": " + ::gai_strerror(look_up.error);
  // The resolver says so when it cannot ask at all, which passes.
  if (look_up.error == EAI_AGAIN)
    return Error(Errc::kBusy, reason + " (is this machine on the network?)");
  return Error(Errc::kNotFound, reason);
}

struct Attempt {
  files::Descriptor socket;
  SocketAddress address;
};

std::string in_words(const SocketAddress& address, int number) {
  return from_socket_address(address.storage).to_string() + ": " + files::reason_of(number);
}

/// One connection after the other, several of them under way.
class Race {
 public:
  Race(const std::vector<SocketAddress>& addresses, const Patience& patience)
      : addresses_(addresses), patience_(patience) {}

  Result<files::Descriptor> run() {
    for (;;) {
      if (next_ < addresses_.size() && std::chrono::steady_clock::now() >= next_start_) start();
      if (winner_.is_open()) return std::move(winner_);
      if (attempts_.empty() && next_ == addresses_.size())
        return Error(Errc::kIo, last_failure_.empty() ? "no address" : last_failure_);
      RESTANTE_CHECKED(wait());
    }
  }

 private:
  void start() {
    const SocketAddress& address = addresses_[next_++];
    next_start_ = std::chrono::steady_clock::now();
    // Not blocking: the next address gets its turn while this one is silent (RFC 8305 s.5).
    Attempt attempt{files::Descriptor(::socket(address.storage.ss_family,
                                               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
                    address};
    if (attempt.socket.is_open() &&
        ::connect(attempt.socket.number(), address.get(), address.length) == 0) {
      winner_ = std::move(attempt.socket);
    } else if (!attempt.socket.is_open() || errno != EINPROGRESS) {
      last_failure_ = in_words(address, errno);
    } else {
      attempts_.push_back(std::move(attempt));
      next_start_ += kAttemptDelay;
    }
  }

  Status wait() {
    std::vector<pollfd> waits = {pollfd{patience_.stop.descriptor(), POLLIN, 0}};
    for (const Attempt& attempt : attempts_)
      waits.push_back(pollfd{attempt.socket.number(), POLLOUT, 0});
    int left = patience_.left();
    if (next_ < addresses_.size())
      // The wait ends also when it is the next address's turn.
      left = std::min(left, Patience{next_start_, patience_.stop}.left());
    if (::poll(waits.data(), waits.size(), left) < 0 && errno != EINTR)
      return files::io_error("poll");
    // Before the sockets: a stop counts more than a connection that is made at the same moment.
    if (waits[0].revents != 0) return stopped();
    // From the end, since finish() takes attempts out.
    for (std::size_t i = waits.size() - 1; i > 0; --i)
      if (waits[i].revents != 0) finish(i - 1);
    if (!winner_.is_open() && patience_.left() == 0)
      return Error(Errc::kTimeout, last_failure_.empty() ? "no answer" : last_failure_);
    return ok();
  }

  void finish(std::size_t index) {
    int number = 0;
    socklen_t size = sizeof number;
    // It is writable when it failed, too: only this call tells.
    Attempt& attempt = attempts_[index];
    if (::getsockopt(attempt.socket.number(), SOL_SOCKET, SO_ERROR, &number, &size) != 0)
      number = errno;
    if (number == 0) {
      winner_ = std::move(attempt.socket);
    } else {
      last_failure_ = in_words(attempt.address, number);
      next_start_ = {};  // No reason to wait for the next one.
    }
    attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  const std::vector<SocketAddress>& addresses_;
  const Patience& patience_;
  std::size_t next_ = 0;
  Deadline next_start_{};
  std::vector<Attempt> attempts_;
  files::Descriptor winner_;
  std::string last_failure_;
};

}  // namespace

Result<std::vector<SocketAddress>> look_up(const std::string& host, std::uint16_t port,
                                           const Patience& patience) {
  Endpoint literal;
  literal.host = host;
  literal.port = port;
  // An address needs no resolver, and works where none does.
  if (const auto address = to_socket_address(literal)) return std::vector{*address};
  // The resolver would read the name up to the zero, and another host's name could follow it.
  if (host.empty() || host.find('\0') != host.npos)
    return Error(Errc::kNotFound, "no name of a host");

  // The resolver has no deadline and cannot be interrupted: a thread of its own may outlive us.
  const auto shared = std::make_shared<LookUp>();
  shared->host = host;
  shared->port = std::to_string(port);
  shared->done.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!shared->done.is_open()) return Error(Errc::kLimit, "eventfd: too many open files");
  try {
    std::thread([shared] { run(*shared); }).detach();
  } catch (const std::system_error&) {
    return Error(Errc::kLimit, "no thread is left for a look-up");
  }
  const Status waited = wait_for(shared->done.number(), POLLIN, patience);
  if (!waited && waited.error().code == Errc::kTimeout)
    return Error(Errc::kTimeout, host + ": no answer from the name servers");
  if (!waited) return waited.error();
  if (shared->error != 0) return look_up_error(*shared);
  return std::move(shared->found);
}

std::vector<SocketAddress> in_turns(const std::vector<SocketAddress>& addresses) {
  std::vector<SocketAddress> first;
  std::vector<SocketAddress> second;
  for (const SocketAddress& address : addresses)
    // The system's order of preference stays; its families take turns, so that one that is broken
    // costs one wait and not all (RFC 8305 s.4).
    (address.storage.ss_family == addresses.front().storage.ss_family ? first : second)
        .push_back(address);
  std::vector<SocketAddress> out;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i)
    for (const auto* family : {&first, &second})
      if (i < family->size() && out.size() < kAddressesMax) out.push_back((*family)[i]);
  return out;
}

Result<files::Descriptor> connect_first(const std::vector<SocketAddress>& addresses,
                                        const Patience& patience) {
  RESTANTE_TRY(files::Descriptor socket, Race(addresses, patience).run());
  const int on = 1;
  // Commands are short and wait for answers: to collect them would cost a round trip each.
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A laptop that slept, or a router that forgot us, is noticed by a stream that only waits.
  ::setsockopt(socket.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return socket;
}

}  // namespace restante::net
