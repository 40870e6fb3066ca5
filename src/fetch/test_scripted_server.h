// For tests of the client: a server on a thread that says what the test writes, whatever that is.
// One connection; it waits for nothing longer than ten seconds.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "net/self_signed.h"
#include "net/unique_fd.h"

namespace restante::fetch {

/// A certificate for "localhost" and 127.0.0.1, made once.
class TestCertificate {
 public:
  static const TestCertificate& get() {
    static const TestCertificate certificate;
    return certificate;
  }
  ~TestCertificate() { std::filesystem::remove_all(directory_); }
  [[nodiscard]] const net::CertificateFiles& files() const { return files_; }

 private:
  TestCertificate() {
    std::string name = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    bool made = false;
    const auto files = net::ensure_self_signed(directory_, "pop.example.test", made);
    EXPECT_TRUE(files);
    if (files) files_ = *files;
  }
  std::filesystem::path directory_;
  net::CertificateFiles files_;
};

/// The server's end of the connection.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(net::UniqueFd fd) : fd_(std::move(fd)) {
    const timeval bound{10, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  }
  ~ScriptedPeer() { SSL_free(ssl_); }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  bool send(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) return SSL_write(ssl_, bytes.data(), size) == size;
    return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
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
    SSL_set_fd(ssl_, fd_.get());
    if (SSL_accept(ssl_) == 1) return;
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  [[nodiscard]] SSL* ssl() const { return ssl_; }
  void close() { fd_.reset(); }

 private:
  bool read_octet(char& octet) {
    if (ssl_ != nullptr) return SSL_read(ssl_, &octet, 1) == 1;
    return ::recv(fd_.get(), &octet, 1, 0) == 1;
  }
  net::UniqueFd fd_;
  SSL* ssl_ = nullptr;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedPeer& peer)>;

  explicit ScriptedServer(Script script) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    std::signal(SIGPIPE, SIG_IGN);  // As the program does.
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, run = std::move(script)] {
      net::UniqueFd fd(::accept(listener_.get(), nullptr, nullptr));
      if (!fd.valid()) return;
      ScriptedPeer peer(std::move(fd));
      run(peer);
    });
  }
  ~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // Wakes an accept() that nobody came to.
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  net::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace restante::fetch
