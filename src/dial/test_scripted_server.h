// For tests of the client: a server on a thread that says what the test writes, right or wrong. One
// connection; it waits for nothing longer than ten seconds.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "dial/self_signed.h"
#include "files/descriptor.h"

namespace restante::net {

/// A certificate for "localhost" and 127.0.0.1, made once.
class TestCertificate {
 public:
  static const TestCertificate& get() {
    static const TestCertificate certificate;
    return certificate;
  }
  ~TestCertificate() { std::filesystem::remove_all(directory_); }
  [[nodiscard]] const CertificateFiles& files() const { return files_; }

 private:
  TestCertificate() {
    std::string name = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    bool made = false;
    const auto files = ensure_self_signed(directory_, "pop.example.test", made);
    EXPECT_TRUE(files);
    if (files) files_ = *files;
  }
  std::filesystem::path directory_;
  CertificateFiles files_;
};

/// The server's end of the connection.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(files::Descriptor fd) : fd_(std::move(fd)) {
    const timeval bound{10, 0};
    ::setsockopt(fd_.number(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    ::setsockopt(fd_.number(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    const int on = 1;
    ::setsockopt(fd_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~ScriptedPeer() { SSL_free(ssl_); }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  /// Closes when `octets` were sent in all, also in the middle of a line.
  void cut_after(std::size_t octets) { left_ = octets; }
  /// One octet, again and again, until the client is gone.
  void trickle(std::string_view octet) {
    pollfd wait{fd_.number(), POLLIN, 0};
    while (::poll(&wait, 1, 20) == 0 && send(octet)) {
    }
  }
  bool send(std::string_view bytes) {
    const bool is_cut = bytes.size() > left_;
    bytes = bytes.substr(0, left_);
    left_ -= bytes.size();
    if (!bytes.empty() && !send_whole(bytes)) return false;
    if (is_cut) ::shutdown(fd_.number(), SHUT_RDWR);
    return !is_cut;
  }
  bool send_octet_by_octet(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (!send(bytes.substr(i, 1))) return false;
    return true;
  }
  /// Without its CRLF; empty when the client is gone.
  std::string read_line() {
    std::string line;
    char octet = 0;
    while (!line.ends_with("\r\n") && read_octet(octet)) line += octet;
    return line.ends_with("\r\n") ? line.substr(0, line.size() - 2) : std::string();
  }
  void expect(std::string_view line) { EXPECT_EQ(read_line(), line); }
  /// The client says this and hears that.
  void exchange(std::string_view line, std::string_view answer) {
    expect(line);
    send(answer);
  }
  /// Until the client has closed, or ten seconds of silence.
  void drain() {
    char octet = 0;
    while (read_octet(octet)) {
    }
  }
  void start_tls(int version_max = 0) {
    const auto& files = TestCertificate::get().files();
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                               SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), version_max);
    SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM);
    ssl_ = SSL_new(context.get());
    SSL_set_fd(ssl_, fd_.number());
    if (SSL_accept(ssl_) == 1) return;
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  [[nodiscard]] SSL* ssl() const { return ssl_; }
  [[nodiscard]] int fd() const { return fd_.number(); }
  void close() { ::shutdown(fd_.number(), SHUT_RDWR); }

 private:
  bool send_whole(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) return SSL_write(ssl_, bytes.data(), size) == size;
    return ::send(fd_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }
  bool read_octet(char& octet) {
    if (ssl_ != nullptr) return SSL_read(ssl_, &octet, 1) == 1;
    return ::recv(fd_.number(), &octet, 1, 0) == 1;
  }
  files::Descriptor fd_;
  SSL* ssl_ = nullptr;
  std::size_t left_ = std::numeric_limits<std::size_t>::max();
};

class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedPeer& peer)>;

  explicit ScriptedServer(Script script) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's server side writes with write(2).
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.number(), generic, size), 0);
    EXPECT_EQ(::listen(listener_.number(), 1), 0);
    EXPECT_EQ(::getsockname(listener_.number(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, run = std::move(script)] {
      files::Descriptor fd(::accept(listener_.number(), nullptr, nullptr));
      if (!fd.is_open()) return;
      ScriptedPeer peer(std::move(fd));
      run(peer);
    });
  }
  ~ScriptedServer() {
    ::shutdown(listener_.number(), SHUT_RDWR);  // Wakes an accept() that still waits for a client.
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  files::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace restante::net
