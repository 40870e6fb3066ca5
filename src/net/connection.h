// One peer's byte stream, plain or TLS, over TCP or a Unix socket. Every wait has a deadline; a
// slow reader makes send() wait, so that no output piles up in memory.
//
// Lives on one worker's thread. It must not know what the bytes mean.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "dial/endpoint.h"
#include "files/descriptor.h"
#include "net/asio.h"
#include "net/tls_stream.h"
#include "net/worker.h"

namespace restante::net {

class ProxyHeaderReader;

class Connection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `worker` outlives the connection. `read_bytes`: how much is read at a time.
  Connection(Worker& worker, files::Descriptor socket, Endpoint peer, std::size_t read_bytes);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] const Endpoint& peer() const { return peer_; }
  /// A proxy has passed this client's connection on.
  void set_peer(Endpoint peer) { peer_ = std::move(peer); }
  /// Null while the connection is plain.
  [[nodiscard]] const TlsStream* tls() const { return tls_.get(); }
  [[nodiscard]] Worker& worker() const { return worker_; }

  /// Every wait from now on ends with kTimeout when this much time has passed.
  void expire_after(std::chrono::milliseconds span) { deadline_ = worker_.now() + span; }
  /// The same, but with a whole-connection bound that later calls cannot move beyond.
  void bound_total(std::chrono::milliseconds span) { total_deadline_ = worker_.now() + span; }
  void unbound_total() { total_deadline_ = TimePoint::max(); }
  [[nodiscard]] TimePoint deadline() const { return std::min(deadline_, total_deadline_); }

  /// Octets that were read and are not used yet; the session removes them from the front.
  [[nodiscard]] std::string_view& input() { return input_; }
  /// Throws away all unread input (RFC 2595 s.4: what came before the handshake does not count).
  void discard_input() { input_ = {}; }

  /// Waits for bytes and adds none while some are unread: input() must be empty. ok(): input() is
  /// not empty. Errors: kClosed (also: reset, lost), kTimeout, kState (request_shutdown was
  /// called), kBusy (taken over, or ended by the
  /// operator), kIo.
  Task<Status> fill();

  /// Waits until there is something to read, or the peer is gone, and reads nothing. Errors: as
  /// fill().
  Task<Status> await_input();

  /// Sends as much as goes without waiting and removes it from `bytes`. ok() also when nothing or
  /// only a part went: see bytes.empty(). Errors: kClosed, kIo.
  Status send_now(std::string& bytes);
  /// Sends all of `bytes` and clears it; `bytes` outlives the coroutine. Waits for a slow peer, at
  /// most limits::kWriteTimeout without progress. Errors: kClosed, kTimeout, kIo.
  Task<Status> send(std::string& bytes);

  /// Reads a PROXY header and not an octet more; from then on peer() is the client that it names.
  /// Before all else. `reader` is fresh and outlives the coroutine.
  /// Errors: kSyntax (not a header), kClosed, kTimeout, kState, kIo.
  Task<Status> read_proxy_header(ProxyHeaderReader& reader);

  /// The server's side of a TLS handshake. Errors: kClosed, kTimeout, kSyntax (the handshake
  /// failed).
  Task<Status> start_tls(std::shared_ptr<const TlsContext> context);
  /// The client's side. Nothing unread may be there (RFC 2595 s.4). Errors: the same; kSyntax, too,
  /// where the server's certificate is not the expected one.
  Task<Status> start_client_tls(std::shared_ptr<TlsClientContext> context);
  /// Tells the peer that no more will come (TLS close_notify, then FIN); it may still send.
  void end_output();
  /// The same, and drops octets that the peer has sent meanwhile. Waits for nothing.
  void finish();

  /// Does nothing for so long. Errors: kTimeout, kState, kClosed (abort() was called).
  Task<Status> pause(std::chrono::steady_clock::duration span);

  /// Lets other connections of this worker have a turn.
  Task<void> yield();

  /// A wait for input ends with kState; one for output goes on: a reply under way is finished.
  void request_shutdown();
  /// The deadline has passed: called by the worker.
  void expire();
  /// Every wait ends at once.
  void abort();

  /// Why another part of the server ends this connection.
  enum class End : std::uint8_t {
    kNone,
    kLost,      ///< The peer's TCP does not answer: every wait ends, with kClosed.
    kTakeover,  ///< Another session takes its place: a wait for input ends, with kBusy.
    kOperator,  ///< Every wait ends: one for input with kBusy, another with kClosed.
  };
  /// On the worker's thread.
  void end(End why);
  [[nodiscard]] End ended_by() const { return end_; }
  /// Ends it when its peer's TCP was asked and has not answered for so long: called by the worker.
  void end_if_lost(std::chrono::seconds span);
  /// Octets have come that the session has not read yet, or some are on their way to a peer whose
  /// TCP has answered within `span`.
  [[nodiscard]] bool is_moving(std::chrono::seconds span);

 private:
  void wake();
  Task<Status> shake_hands();
  enum class Direction : std::uint8_t { kRead, kWrite };
  Task<Status> wait(Direction direction);
  [[nodiscard]] Status waited(boost::system::error_code failure, Direction direction) const;
  IoResult read_some();
  IoResult write_some(std::string_view bytes);
  Status failed(IoResult::Kind kind);
  void release_buffer();
  [[nodiscard]] Status stopped(Direction direction) const;

  Worker& worker_;
  Descriptor descriptor_;
  Endpoint peer_;
  std::unique_ptr<TlsStream> tls_;
  std::size_t read_bytes_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_bytes_ = 0;  // The part at its beginning that reads have written, and that must
                                // be wiped.
  std::string_view input_;
  Timer* pausing_ = nullptr;  // While pause() waits.
  bool more_likely_ = false;  // The last read filled the buffer: try again before waiting.
  bool waiting_for_input_ = false;
  bool shutdown_requested_ = false;
  bool expired_ = false;
  bool aborted_ = false;
  End end_ = End::kNone;
  TimePoint deadline_ = TimePoint::max();
  TimePoint total_deadline_ = TimePoint::max();
  Worker::ConnectionList::iterator place_;
};

}  // namespace restante::net
