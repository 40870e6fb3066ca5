#include "dial/bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>

namespace restante::net {
namespace {

bool may_retry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int fd_of(BIO* bio) {
  int fd = -1;
  BIO_get_fd(bio, &fd);
  return fd;
}

int write_some(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  // OpenSSL's own uses write(2), whose SIGPIPE ends a program that has not switched it off, and a
  // library has no business with a process's signals.
  const auto count = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (count < 0 && may_retry()) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

BIO_METHOD* make_method() {
  // As OpenSSL's own but for the one call.
  BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE");
  const BIO_METHOD* const plain = BIO_s_socket();
  if (method == nullptr) return nullptr;
  BIO_meth_set_write(method, write_some);
  BIO_meth_set_read(method, BIO_meth_get_read(plain));
  BIO_meth_set_puts(method, BIO_meth_get_puts(plain));
  BIO_meth_set_ctrl(method, BIO_meth_get_ctrl(plain));
  BIO_meth_set_create(method, BIO_meth_get_create(plain));
  BIO_meth_set_destroy(method, BIO_meth_get_destroy(plain));
  return method;
}

}  // namespace

BIO* make_socket_bio(int socket) {
  static BIO_METHOD* const method = make_method();
  if (method == nullptr) return nullptr;
  BIO* const bio = BIO_new(method);
  // The socket is its owner's to close: a stream may go back to the clear, or be closed without
  // TLS.
  if (bio != nullptr) BIO_set_fd(bio, socket, BIO_NOCLOSE);
  return bio;
}

}  // namespace restante::net
