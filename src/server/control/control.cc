#include "server/control/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "files/errors.h"
#include "files/stamp.h"
#include "net/listener.h"
#include "server/common/log.h"
#include "server/control/answer.h"
#include "server/control/driver.h"
#include "server/settings/places.h"

namespace restante::control {
namespace {

constexpr mode_t kMode = 0660;
constexpr auto kPauseAtLimit = std::chrono::milliseconds(100);
constexpr auto kGrace = std::chrono::seconds(1);
constexpr std::size_t kReadBytes = kRequestBytesMax;
// What waits is rare; one may be slow.
constexpr std::size_t kWaitingThreads = 2;

net::Endpoint endpoint_of(const std::filesystem::path& path) {
  net::Endpoint out;
  out.unix_path = path.native();
  return out;
}

void refuse(const files::Descriptor& socket) {
  const std::string line =
      to_line(Error(Errc::kBusy, "too many ask at once, try again in some seconds"));
  static_cast<void>(::send(socket.number(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  // What is unread at the end would take the answer away: no more comes, and what came is read.
  ::shutdown(socket.number(), SHUT_RDWR);
  std::array<char, kReadBytes> unread{};
  static_cast<void>(::recv(socket.number(), unread.data(), unread.size(), MSG_DONTWAIT));
}

}  // namespace

Result<Socket> open_socket(const std::filesystem::path& data_dir, const process::Identity& user) {
  const std::filesystem::path path = settings::control_socket(data_dir);
  if (std::string mistake = settings::control_mistake(data_dir); !mistake.empty())
    return Error(Errc::kSyntax, "data_dir: " + std::move(mistake));
  auto opened = net::open_listener(endpoint_of(path), 1);
  if (!opened && opened.error().code == Errc::kBusy)
    return Error(Errc::kBusy,
                 "another restanted serves " + data_dir.string() + ": " + opened.error().detail);
  if (!opened) return opened.error();
  RESTANTE_CHECKED(net::set_socket_file(endpoint_of(path), kMode, user.group));
  if (::geteuid() == 0 && ::chown(path.c_str(), user.user, user.group) != 0)
    return files::system_error("chown", path);
  return Socket{path, std::move(opened->sockets.front())};
}

/// All but stop() on the worker's thread.
struct Control::State {
  State(Socket s, Desk& d)
      : path(std::move(s.path)),
        file(files::stamp_if_there(path)),
        desk(d),
        socket(worker.context(), s.descriptor.release()) {}

  net::Task<void> accept();
  void take(files::Descriptor socket);
  net::Task<void> run(files::Descriptor socket, Peer peer);

  const std::filesystem::path path;
  const files::Stamp file;
  Desk& desk;
  net::Worker worker{0};
  net::BlockingPool waiting{kWaitingThreads};
  net::Descriptor socket;
  std::size_t connections = 0;
  bool is_started = false;
};

net::Task<void> Control::State::accept() {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::Timer pause(worker.context());
  while (!worker.stopping()) {
    const auto [failure] = co_await socket.async_wait(net::Descriptor::wait_read, net::kUseTuple);
    if (failure) break;
    net::Endpoint unused;
    auto accepted = net::accept_one(socket.native_handle(), unused);
    if (accepted && accepted->is_open()) take(std::move(*accepted));
    if (accepted) continue;
    pause.expires_after(kPauseAtLimit);  // Out of descriptors, which the sessions' acceptors say.
    const auto waited = co_await pause.async_wait(net::kUseTuple);
    static_cast<void>(waited);
  }
}

void Control::State::take(files::Descriptor accepted) {
  const auto peer = peer_of(accepted.number());
  if (!peer) return;
  const std::size_t most = may_act(*peer, ::geteuid()) ? kConnectionsMax : kReadersMax;
  if (connections >= most) return refuse(accepted);
  ++connections;
  worker.spawn(run(std::move(accepted), *peer));
}

net::Task<void> Control::State::run(files::Descriptor accepted, Peer peer) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::Connection connection(worker, std::move(accepted), endpoint_of(path), kReadBytes);
  co_await serve(connection, peer, desk, waiting);
  --connections;
}

Control::Control(Socket socket, Desk& desk)
    : state_(std::make_unique<State>(std::move(socket), desk)) {
  state_->worker.on_stop([this] { state_->socket.close(); });
  state_->worker.on_error([](const char* what) {
    spdlog::critical("bug: exception left a control connection, it is dropped: {}", what);
  });
}

Control::~Control() { stop(); }

Status Control::start() {
  RESTANTE_CHECKED(state_->waiting.started());
  state_->worker.spawn(state_->accept());
  RESTANTE_CHECKED(state_->worker.start());
  state_->is_started = true;
  return ok();
}

void Control::stop() {
  // Before it is closed: a server that is started now finds either us or no file.
  if (files::stamp_if_there(state_->path).is_same_file(state_->file))
    static_cast<void>(::unlink(state_->path.c_str()));
  if (std::exchange(state_->is_started, false)) {
    state_->worker.stop(kGrace);
    state_->worker.join();
  }
  state_->waiting.join();
}

}  // namespace restante::control
