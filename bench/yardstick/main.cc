// The yardstick: the least that a POP3 server can do. An epoll loop on one thread with canned
// replies, and sendfile for RETR, or SSL_write of the same octets. No storage, no accounts, no
// limits, no time-outs: it measures what the kernel, the protocol and TLS cost on this machine, and
// is of no other use. yardstick [MESSAGES [MAIL [CERTIFICATE KEY]]]; MAIL is in wire form.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t kMessageBytes = std::size_t{10} * 1024;
constexpr std::string_view kGreeting = "+OK ready\r\n";
constexpr std::string_view kOk = "+OK\r\n";
constexpr std::string_view kUnknown = "-ERR unknown command\r\n";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Every answer, made at the start. RETR's is a file without a name, too.
class Canned {
 public:
  Canned(int messages, std::string mail) : message_(std::move(mail)), file_(std::tmpfile()) {
    if (file_ == nullptr) fail("tmpfile");
    const std::string count = std::to_string(messages);
    const std::string octets = std::to_string(message_.size());
    retr_ = "+OK " + octets + " octets\r\n";
    stat_ = "+OK " + count + " " +
            std::to_string(static_cast<std::size_t>(messages) * message_.size()) + "\r\n";
    list_ = uidl_ = "+OK " + count + " messages\r\n";
    for (int i = 1; i <= messages; ++i) {
      const std::string number = std::to_string(i);
      list_.append(number).append(" ").append(octets).append("\r\n");
      uidl_.append(number).append(" 0123456789abcdef").append(number).append("\r\n");
    }
    for (std::string* text : {&message_, &list_, &uidl_}) text->append(".\r\n");
    if (std::fwrite(message_.data(), 1, message_.size(), file_) != message_.size()) fail("write");
    std::fflush(file_);
  }

  [[nodiscard]] std::string_view line_for(std::string_view command) const {
    if (command.starts_with("RETR ")) return retr_;
    if (command == "STAT") return stat_;
    if (command == "LIST") return list_;
    if (command == "UIDL") return uidl_;
    for (const std::string_view known : {"USER ", "PASS ", "DELE ", "QUIT"})
      if (command.starts_with(known)) return kOk;
    return kUnknown;
  }
  [[nodiscard]] std::string_view message() const { return message_; }
  [[nodiscard]] int file() const { return ::fileno(file_); }

 private:
  std::string message_;
  std::FILE* file_;
  std::string retr_, stat_, list_, uidl_;
};

/// One connection: what it has not yet read, and what it has not yet taken.
class Peer {
 public:
  enum class State : std::uint8_t { kReads, kWrites, kEnds };

  Peer(int socket, SSL* ssl, const Canned& canned) : canned_(canned), socket_(socket), ssl_(ssl) {}
  ~Peer() {
    SSL_free(ssl_);
    ::close(socket_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Does what the socket allows; returns what to wait for.
  State advance() {
    received_ = false;
    state_ = State::kReads;
    if (ssl_ != nullptr && !SSL_is_init_finished(ssl_)) {
      const int result = SSL_accept(ssl_);
      if (result != 1) return waits_for(result);
    }
    while (true) {
      if (!send_text() || !send_message()) return state_;
      if (ends_) return State::kEnds;
      const std::size_t end = input_.find("\r\n", taken_);
      if (end != std::string::npos) {
        answer(std::string_view(input_).substr(taken_, end - taken_));
        taken_ = end + 2;
        continue;
      }
      input_.erase(0, taken_);
      taken_ = 0;
      if (!receive()) return state_;
    }
  }

 private:
  void answer(std::string_view command) {
    text_ = canned_.line_for(command);
    message_left_ = command.starts_with("RETR ") ? canned_.message().size() : 0;
    ends_ = command == "QUIT";
  }

  State waits_for(ssize_t result) {
    if (ssl_ != nullptr) {
      const int error = SSL_get_error(ssl_, static_cast<int>(result));
      if (error == SSL_ERROR_WANT_READ) return state_ = State::kReads;
      return state_ = error == SSL_ERROR_WANT_WRITE ? State::kWrites : State::kEnds;
    }
    return state_ = result < 0 && errno == EAGAIN ? State::kWrites : State::kEnds;
  }

  ssize_t send(std::string_view text, int flags) {
    if (ssl_ != nullptr) return SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    return ::send(socket_, text.data(), text.size(), flags | MSG_NOSIGNAL);
  }

  bool send_text() {
    while (!text_.empty()) {
      const ssize_t sent = send(text_, message_left_ > 0 ? MSG_MORE : 0);
      if (sent <= 0) return waits_for(sent), false;
      text_.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  bool send_message() {
    const std::string_view message = canned_.message();
    while (message_left_ > 0) {
      const std::size_t start = message.size() - message_left_;
      off_t offset = static_cast<off_t>(start);
      const ssize_t sent = ssl_ != nullptr
                               ? send(message.substr(start), 0)
                               : ::sendfile(socket_, canned_.file(), &offset, message_left_);
      if (sent <= 0) return waits_for(sent), false;
      message_left_ -= static_cast<std::size_t>(sent);
    }
    return true;
  }

  bool receive() {
    std::array<char, 4096> buffer{};
    // In clear, one call for each event: what is left raises the next.
    if (ssl_ == nullptr && std::exchange(received_, true)) return false;
    const ssize_t count = ssl_ != nullptr
                              ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()))
                              : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      state_ = waits_for(count) == State::kEnds ? State::kEnds : State::kReads;
      return false;
    }
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  const Canned& canned_;
  int socket_;
  SSL* ssl_;
  State state_ = State::kReads;
  bool received_ = false;
  bool ends_ = false;
  std::string input_;
  std::size_t taken_ = 0;
  std::string_view text_ = kGreeting;
  std::size_t message_left_ = 0;
};

class Server {
 public:
  Server(const Canned& canned, SSL_CTX* tls)
      : canned_(canned),
        tls_(tls),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
        epoll_(::epoll_create1(0)) {
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
    watch(listener_, EPOLL_CTL_ADD, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int ready = events[static_cast<std::size_t>(i)].data.fd;
        if (ready == listener_) {
          take_connection();
        } else {
          advance(ready);
        }
      }
    }
  }

 private:
  struct Place {
    std::unique_ptr<Peer> peer;
    Peer::State awaited = Peer::State::kReads;
  };

  void watch(int descriptor, int operation, std::uint32_t what) const {
    epoll_event event{};
    event.events = what;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_, operation, descriptor, &event) != 0) fail("epoll_ctl");
  }

  void take_connection() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto index = static_cast<std::size_t>(socket);
    if (places_.size() <= index) places_.resize(index + 1);
    SSL* const ssl = tls_ != nullptr ? SSL_new(tls_) : nullptr;
    if (ssl != nullptr && SSL_set_fd(ssl, socket) != 1) fail("SSL_set_fd");
    places_[index] = {std::make_unique<Peer>(socket, ssl, canned_), Peer::State::kReads};
    watch(socket, EPOLL_CTL_ADD, EPOLLIN);
    if (ssl == nullptr) advance(socket);
  }

  void advance(int socket) {
    Place& place = places_[static_cast<std::size_t>(socket)];
    const auto state = place.peer->advance();
    if (state == Peer::State::kEnds) {
      place.peer.reset();
    } else if (state != std::exchange(place.awaited, state)) {
      watch(socket, EPOLL_CTL_MOD, state == Peer::State::kReads ? EPOLLIN : EPOLLOUT);
    }
  }

  const Canned& canned_;
  SSL_CTX* tls_;
  int listener_;
  int epoll_;
  std::vector<Place> places_;  ///< By descriptor.
};

std::string read_mail(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string mail{std::istreambuf_iterator<char>(file), {}};
  if (mail.empty()) fail(path);
  return mail;
}

std::string make_mail() {
  std::string mail = "Subject: yardstick\r\n\r\n";
  while (mail.size() + 66 <= kMessageBytes) mail += std::string(64, 'x') + "\r\n";
  return mail;
}

SSL_CTX* make_tls(const char* certificate, const char* key) {
  SSL_CTX* const tls = SSL_CTX_new(TLS_server_method());
  if (tls == nullptr || SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
    fail(certificate);
  }
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  return tls;
}

}  // namespace

int main(int argc, char** argv) {
  int messages = 20;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), messages);
  const Canned canned(messages, argc > 2 ? read_mail(argv[2]) : make_mail());
  Server(canned, argc > 4 ? make_tls(argv[3], argv[4]) : nullptr).run();
}
