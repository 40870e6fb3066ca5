// What a server says in CAPA (RFC 2449 s.5), as a client reads it: names and parameters without
// regard to case, unknown ones kept as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::pop3 {

struct Capabilities {
  /// The server has answered CAPA with a list; else all of this is unknown rather than absent.
  bool known = false;
  bool stls = false;
  bool user = false;
  bool top = false;
  bool uidl = false;
  bool pipelining = false;
  bool response_codes = false;      ///< RESP-CODES
  bool auth_response_code = false;  ///< AUTH-RESP-CODE
  bool utf8 = false;                ///< UTF8 (RFC 6856 s.2)
  bool sasl_ir = false;             ///< SASL-IR: the initial response may go with AUTH.
  std::string sasl;                 ///< Names of mechanisms, in capitals, one blank between.
  std::optional<std::uint32_t> login_delay_seconds;
  std::string expire;  ///< "NEVER", "30", "30 USER"; empty: not said.
  std::string implementation;
  std::vector<std::string> lines;  ///< All of them, as they came; for showing. 100 at most.

  /// Takes in one line of the answer, without its end.
  void add(std::string_view line);
};

}  // namespace restante::pop3
