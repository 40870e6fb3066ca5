// The AUTHORIZATION state: USER, PASS, APOP, AUTH, STLS, UTF8, XCLIENT. It turns what the client
// sends into Credentials and never learns whether they are right before login_failed() or the end
// of its life. A SASL exchange may outlive the driver's verdict: a refused token is explained to
// the client first.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pop3/command.h"
#include "pop3/shared_state.h"
#include "sasl/mechanism.h"

namespace restante::pop3 {

class Authorization {
 public:
  explicit Authorization(SharedState& context) : context_(context) {}

  /// `command` is one of those above (see allowed()).
  Outcome handle(const Command& command);
  /// The next line belongs to a SASL exchange, not to the grammar.
  [[nodiscard]] bool in_exchange() const { return exchange_ != nullptr; }
  /// A line of the exchange, without CRLF.
  Outcome exchange_line(std::string_view line);
  /// The exchange is over without a result.
  void abort_exchange() { exchange_.reset(); }
  /// Any other command came in between: PASS has to follow USER at once (RFC 1939 s.7).
  void forget_name() { name_.reset(); }

  void login_failed(LoginFailure failure);
  /// The answer to FetchKeys.
  void keys_found(const sasl::ScramKeys& keys, std::string_view nonce);
  [[nodiscard]] bool too_many_attempts() const;

 private:
  Outcome user(const Command& command);
  Outcome pass(const Command& command);
  Outcome apop(const Command& command);
  Outcome auth(const Command& command);
  Outcome stls(const Command& command);
  Outcome utf8(const Command& command);
  Outcome xclient(const Command& command);
  Outcome list_mechanisms();
  [[nodiscard]] sasl::ExchangeContext exchange_context();
  sasl::Step step_of(std::string_view text, bool initial);
  Outcome advance_exchange(sasl::Step step);
  Outcome verdict_of(sasl::Step& step);
  void refuse_plaintext(std::string_view what);

  SharedState& context_;
  std::optional<std::string> name_;  ///< What USER said.
  std::unique_ptr<sasl::ServerMechanism> exchange_;
  std::string mechanism_;
  bool awaits_verdict_ = false;  ///< On a token.
  std::uint32_t exchanges_ = 0;
  std::uint32_t failed_attempts_ = 0;
};

}  // namespace restante::pop3
