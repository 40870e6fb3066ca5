#include "dial/stream.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>

#include "dial/connect.h"
#include "dial/proxy.h"
#include "dial/socket.h"
#include "dial/tls.h"

namespace restante::net {
namespace {

// A TLS record holds 16 KiB; four of them are read with one call where they are there.
constexpr std::size_t kBufferBytes = 65536;

Error about(const Error& error, const std::string& what) {
  return Error(error.code, error.detail.empty() ? what : what + ": " + error.detail);
}

}  // namespace

ClientStream::ClientStream(files::Descriptor socket, const StopSignal& stop)
    : socket_(std::move(socket)), stop_(stop), buffer_(kBufferBytes) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  // Gone already: the first read says so in better words than this could.
  if (::getpeername(socket_.number(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return;
  const Endpoint endpoint = from_socket_address(storage);
  peer_ = endpoint.to_string();
  is_loopback_ = endpoint.is_loopback();
}

ClientStream::~ClientStream() { close(); }

std::unique_ptr<ClientStream> ClientStream::adopt(files::Descriptor socket,
                                                  const StopSignal& stop) {
  // Every wait has a deadline, which a blocking call would not keep.
  ::fcntl(socket.number(), F_SETFL, O_NONBLOCK);
  return std::unique_ptr<ClientStream>(new ClientStream(std::move(socket), stop));
}

Result<std::unique_ptr<ClientStream>> ClientStream::connect(const ClientTarget& target,
                                                            const StopSignal& stop) {
  // One time for all steps, so that a slow name server leaves less for the rest.
  const Patience patience{std::chrono::steady_clock::now() + target.connect_timeout, stop};
  const std::string& host = target.proxy ? target.proxy->host : target.host;
  const std::uint16_t port = target.proxy ? target.proxy->port : target.port;
  RESTANTE_TRY(auto addresses, look_up(host, port, patience));
  const std::vector<std::string>& passed_over = target.passed_over;
  std::erase_if(addresses, [&](const SocketAddress& address) {
    // By address and not by place in the list, which a resolver orders anew with each answer.
    const std::string name = from_socket_address(address.storage).to_string();
    return std::find(passed_over.begin(), passed_over.end(), name) != passed_over.end();
  });
  if (addresses.empty()) return Error(Errc::kNotFound, host + ": no other address");
  auto socket = connect_first(in_turns(addresses), patience);
  if (!socket) return about(socket.error(), (target.proxy ? "proxy " : "") + host);
  auto stream = adopt(std::move(*socket), stop);
  if (!target.proxy) return stream;
  // The peer is the proxy alone: behind it the connection may leave this machine.
  stream->is_loopback_ = false;
  const Status passed = pass_proxy(stream->socket_.number(), *target.proxy, target, patience);
  if (!passed) return about(passed.error(), "proxy " + host);
  return stream;
}

Status ClientStream::start_tls(const ClientTls& settings) {
  if (tls_) return Error(Errc::kState, "TLS is there already");
  char octet = 0;
  if (::recv(socket_.number(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    return Error(Errc::kAuth,
                 "the server spoke in clear before the TLS handshake: there is no TLS at this port "
                 "(tls = \"starttls\"?), or an attacker is between");
  const Patience patience{std::chrono::steady_clock::now() + timeout_, stop_};
  RESTANTE_TRY(auto tls, ClientTlsStream::handshake(socket_.number(), settings, patience));
  tls_ = std::move(tls);
  return ok();
}

Result<std::string_view> ClientStream::read() {
  if (!socket_.is_open()) return Error(Errc::kClosed, "the connection is closed");
  const Patience patience{std::chrono::steady_clock::now() + timeout_, stop_};
  const MutableBytes target = std::as_writable_bytes(std::span(buffer_));
  RESTANTE_TRY(const std::size_t count, tls_ ? tls_->read(target, patience)
                                             : receive_some(socket_.number(), target, patience));
  return std::string_view(buffer_.data(), count);
}

Status ClientStream::write(std::string_view bytes) {
  if (!socket_.is_open()) return Error(Errc::kClosed, "the connection is closed");
  const Patience patience{std::chrono::steady_clock::now() + timeout_, stop_};
  return tls_ ? tls_->write(bytes, patience) : send_all(socket_.number(), bytes, patience);
}

void ClientStream::close() {
  // The peer's own end is not waited for: a server that never sends it would hold us.
  if (tls_ && socket_.is_open()) tls_->close_notify();
  socket_.reset();
}

std::string ClientStream::tls_version() const { return tls_ ? tls_->version() : std::string(); }
std::string ClientStream::certificate_sha256() const {
  return tls_ ? tls_->certificate_sha256() : std::string();
}
std::string ClientStream::exporter_binding() const {
  return tls_ ? tls_->exporter_binding() : std::string();
}
std::string ClientStream::unique_binding() const {
  return tls_ ? tls_->unique_binding() : std::string();
}

}  // namespace restante::net
