// One client: connects, goes through a script, checks every reply, and says when it is done. Never
// waits: it is called when its socket is ready.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "dial/endpoint.h"
#include "load/script.h"
#include "load/tls.h"

namespace restante::load {

using TimePoint = std::chrono::steady_clock::time_point;

struct Target {
  net::SocketAddress address;
  std::uint32_t sources = 1;  ///< How many addresses of 127/8 the clients come from.
};

class Connection {
 public:
  enum class State : std::uint8_t { kUnderWay, kHolds, kDone, kFailed };

  /// Begins to connect. `script` and `tls` outlive the connection. `intended`: when the session
  /// was to begin, from which its time counts.
  Connection(const Target& target, TlsClients& tls, const Script& script, TimePoint intended);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_account(const std::vector<Account>& accounts, std::size_t index) {
    accounts_ = &accounts;
    index_ = index;
  }

  /// Does what the socket allows now. `on_step` is called with the time of each finished step.
  template <typename OnStep>
  State advance(OnStep on_step) {
    while (state_ == State::kUnderWay && move()) {
      if (!step_done_) continue;
      step_done_ = false;
      if (current_->is_work) on_step(std::chrono::steady_clock::now() - step_began_);
      begin_step();
    }
    return state_;
  }

  /// When it began to wait for what it waits for now.
  [[nodiscard]] TimePoint step_began() const { return step_began_; }
  void give_up() { fail("no answer in time"); }

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool wants_to_write() const { return wants_to_write_; }
  [[nodiscard]] TimePoint intended() const { return intended_; }
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  [[nodiscard]] std::uint64_t octets() const { return checker_.octets(); }
  [[nodiscard]] std::size_t account() const { return index_; }
  [[nodiscard]] bool resumed() const { return ssl_ != nullptr && SSL_session_reused(ssl_) == 1; }

 private:
  bool move();
  bool connect_on();
  bool handshake_on();
  bool send_on();
  bool receive_on();
  void begin_step();
  /// Makes `current_` the next; false: there is none.
  bool next_step();
  bool fail(std::string why);
  /// True: `result` moved something; false: wait, or failed.
  bool judge(int result, const char* what);

  TlsClients& tls_;
  const Script& script_;
  const std::vector<Account>* accounts_ = nullptr;
  std::size_t index_ = 0;
  int socket_ = -1;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  bool shaken_ = false;
  bool wants_to_write_ = true;
  bool step_done_ = false;
  State state_ = State::kUnderWay;
  std::size_t step_ = 0;
  const Step* current_ = nullptr;  ///< Of the script, or `expanded_`.
  Step expanded_;
  std::uint32_t messages_ = 0;  ///< By STAT.
  std::size_t reply_ = 0;
  std::string to_send_;
  std::size_t sent_ = 0;
  ReplyChecker checker_;
  TimePoint intended_;
  TimePoint step_began_;
  std::string complaint_;
};

}  // namespace restante::load
