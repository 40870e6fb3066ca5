// The yardstick: the least that a POP3 server can do. An epoll loop on one thread with canned
// replies, and sendfile for RETR. No storage, no accounts, no TLS, no limits, no time-outs: it
// measures what the kernel and the protocol cost on this machine, and is of no other use.
// Weak: replies that the socket does not take at once end the connection.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kMessages = 20;
constexpr std::size_t kMessageBytes = std::size_t{10} * 1024;
constexpr std::string_view kGreeting = "+OK ready\r\n";
constexpr std::string_view kOk = "+OK\r\n";
constexpr std::string_view kUnknown = "-ERR unknown command\r\n";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

bool send_text(int peer, std::string_view text, int flags = 0) {
  return ::send(peer, text.data(), text.size(), flags | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

/// The answer to RETR, as a file without a name: lines, then the final dot.
class Message {
 public:
  Message() : file_(std::tmpfile()) {
    if (file_ == nullptr) fail("tmpfile");
    std::string text = "Subject: yardstick\r\n\r\n";
    while (text.size() + 66 <= kMessageBytes) text += std::string(64, 'x') + "\r\n";
    status_ = "+OK " + std::to_string(text.size()) + " octets\r\n";
    stat_ =
        "+OK " + std::to_string(kMessages) + " " + std::to_string(kMessages * text.size()) + "\r\n";
    text += ".\r\n";
    bytes_ = text.size();
    if (std::fwrite(text.data(), 1, bytes_, file_) != bytes_) fail("write");
    std::fflush(file_);
  }

  [[nodiscard]] std::string_view stat() const { return stat_; }

  [[nodiscard]] bool send(int peer) const {
    off_t offset = 0;
    return send_text(peer, status_, MSG_MORE) &&
           ::sendfile(peer, ::fileno(file_), &offset, bytes_) == static_cast<ssize_t>(bytes_);
  }

 private:
  std::FILE* file_;
  std::size_t bytes_ = 0;
  std::string status_;
  std::string stat_;
};

/// False when the connection is to be closed.
bool answer(int peer, std::string_view command, const Message& message) {
  if (command.starts_with("RETR ")) return message.send(peer);
  if (command.starts_with("USER ") || command.starts_with("PASS ")) return send_text(peer, kOk);
  if (command == "STAT") return send_text(peer, message.stat());
  if (command == "QUIT") {
    send_text(peer, kOk);
    return false;
  }
  return send_text(peer, kUnknown);
}

class Server {
 public:
  Server()
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), epoll_(::epoll_create1(0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface is so.
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 1024) != 0) fail("listen");
    if (::getsockname(listener_, generic, &size) != 0) fail("getsockname");
    std::printf("listening %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int ready = events[static_cast<std::size_t>(i)].data.fd;
        if (ready == listener_) {
          take_connection();
        } else if (!serve(ready)) {
          pending_[static_cast<std::size_t>(ready)].clear();
          ::close(ready);
        }
      }
    }
  }

 private:
  void watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
  }

  void take_connection() {
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (peer < 0) return;
    const int on = 1;
    ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (pending_.size() <= static_cast<std::size_t>(peer)) {
      pending_.resize(static_cast<std::size_t>(peer) + 1);
    }
    watch(peer);
    send_text(peer, kGreeting);
  }

  /// Answers every whole command that is there.
  bool serve(int peer) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(peer, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    std::string& text = pending_[static_cast<std::size_t>(peer)];
    text.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t start = 0;
    for (std::size_t end = text.find("\r\n"); end != std::string::npos;
         end = text.find("\r\n", start)) {
      if (!answer(peer, std::string_view(text).substr(start, end - start), message_)) return false;
      start = end + 2;
    }
    text.erase(0, start);
    return true;
  }

  int listener_;
  int epoll_;
  Message message_;
  std::vector<std::string> pending_;  ///< By descriptor: the beginning of a command.
};

}  // namespace

int main() { Server().run(); }
