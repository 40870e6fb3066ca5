// A POP3 session that is held elsewhere: octets from the client go there, and octets from there to
// the client, as they are and as fast as the slower side takes them. Nothing is read in them.
#pragma once

#include <string>

#include "net/asio.h"
#include "net/connection.h"
#include "server/common/session_context.h"
#include "server/common/use_meter.h"

namespace restante::server {

class Splice {
 public:
  /// The references outlive the splice.
  Splice(SessionContext& context, net::Connection& there, UseMeter& meter, SessionUse& use)
      : context_(context),
        there_(there),
        meter_(meter),
        use_(use),
        over_(context.connection.worker().context(), net::Timer::time_point::max()) {}

  /// Until one side ends it, or neither says anything for limits.idle_timeout. ok(): after a QUIT.
  /// Errors: kClosed (either side was gone before), kTimeout, kState, kIo.
  net::Task<Status> run();

  /// Octets to the client.
  [[nodiscard]] std::uint64_t received() const { return use_.octets(); }

 private:
  net::Task<void> run_down();
  net::Task<Status> pass_up();
  net::Task<Status> pass_down();
  void note_last(std::string_view bytes);
  [[nodiscard]] bool has_quit() const;
  void both_go_on();

  SessionContext& context_;
  net::Connection& there_;
  UseMeter& meter_;
  SessionUse& use_;
  net::Timer over_;
  bool down_is_over_ = false;
  bool up_is_over_ = false;
  Status down_ = ok();
  std::string last_;  ///< The client's last octets: a line, or its end.
};

}  // namespace restante::server
