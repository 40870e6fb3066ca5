#include "net/passed_sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/numbers.h"
#include "files/errors.h"

namespace restante::net {
namespace {

constexpr int kFirst = 3;  // sd_listen_fds(3), SD_LISTEN_FDS_START.
// More is no configuration but a slip in the environment.
constexpr unsigned kMost = 1024;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t start = 0;
  for (std::size_t colon = 0; colon != std::string::npos; start = colon + 1) {
    colon = text.find(':', start);
    out.push_back(text.substr(start, colon - start));
  }
  return out;
}

std::optional<int> option(int fd, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd, SOL_SOCKET, name, &value, &length) != 0) return std::nullopt;
  return value;
}

Error failed(const std::string& name) { return files::io_error("passed socket " + name); }

Result<ListenSockets> prepare(files::Descriptor socket, const std::string& name,
                              std::size_t count) {
  // A datagram socket or one with Accept=yes fits the name as well, and would fail at the first
  // client.
  if (option(socket.number(), SO_TYPE) != SOCK_STREAM ||
      option(socket.number(), SO_ACCEPTCONN) != 1)
    return Error(Errc::kSyntax, "passed socket " + name +
                                    " is no listening stream socket: its unit needs ListenStream= "
                                    "and Accept=no");
  // systemd passes sockets that block: a worker that lost the race for a connection would hang in
  // accept().
  const int flags = ::fcntl(socket.number(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.number(), F_SETFL, flags | O_NONBLOCK) != 0) return failed(name);
  ListenSockets out;
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&bound), &length) != 0)
    return failed(name);
  out.endpoint = from_socket_address(bound);
  for (std::size_t i = 1; i < count; ++i) {
    // One queue for all workers, as with a Unix socket: systemd has bound the address once.
    out.sockets.emplace_back(::fcntl(socket.number(), F_DUPFD_CLOEXEC, 0));
    if (!out.sockets.back().is_open()) return failed(name);
  }
  out.sockets.push_back(std::move(socket));
  return out;
}

}  // namespace

Result<PassedSockets> PassedSockets::take() {
  const std::string process = variable("LISTEN_PID");
  const std::string number = variable("LISTEN_FDS");
  const std::string list = variable("LISTEN_FDNAMES");
  // Gone for programs that we start: the sockets are not meant for them.
  for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  PassedSockets out;
  // For another process, such as a shell that started us: not ours to touch.
  if (process != std::to_string(::getpid())) return out;
  const auto count = parse_decimal<unsigned>(number);
  if (!count || *count > kMost)
    return Error(Errc::kSyntax, "LISTEN_FDS is no number of sockets: " + number);
  std::vector<std::string> names(*count, "unknown");
  if (!list.empty()) names = split(list);
  if (names.size() != *count)
    return Error(Errc::kSyntax,
                 fmt::format("LISTEN_FDNAMES has {} names for {} sockets", names.size(), *count));
  int next = kFirst;
  for (std::string& name : names) {
    files::Descriptor fd(next++);
    // A program that we start must not hold our listeners open.
    if (::fcntl(fd.number(), F_SETFD, FD_CLOEXEC) != 0)
      return Error(Errc::kSyntax, fmt::format("LISTEN_FDS={}, but descriptor {} is not open",
                                              *count, fd.release()));
    out.passed_.push_back({std::move(name), std::move(fd)});
  }
  return out;
}

Result<std::vector<ListenSockets>> PassedSockets::named(const std::string& name,
                                                        std::size_t count) {
  std::vector<ListenSockets> out;
  std::vector<Passed> rest;
  for (Passed& passed : passed_) {
    if (passed.name != name) {
      rest.push_back(std::move(passed));
      continue;
    }
    RESTANTE_TRY(ListenSockets sockets, prepare(std::move(passed.socket), name, count));
    out.push_back(std::move(sockets));
  }
  passed_ = std::move(rest);
  if (!out.empty()) return out;
  std::string there;
  for (const std::string& other : names()) there += " " + other;
  return Error(Errc::kNotFound, "no socket of the name " + name +
                                    " was passed; there are:" + (there.empty() ? " none" : there));
}

std::vector<std::string> PassedSockets::names() const {
  std::vector<std::string> out;
  out.reserve(passed_.size());
  for (const Passed& passed : passed_) out.push_back(passed.name);
  return out;
}

}  // namespace restante::net
