// One reply of a server, as a client reads it (RFC 1939 s.3, RFC 2449 s.8, RFC 5034 s.4). Exact
// where it matters, "+OK" and "-ERR" are words and nothing that merely begins with a sign passes,
// and tolerant in the rest: small letters, a line that ends in a bare LF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::pop3 {

/// Longer lines of replies are refused. RFC 2449 s.4 says 512 octets; SASL's challenges are longer.
inline constexpr std::size_t kServerLineBytesMax = 65536;

struct ClientReply {
  enum class Kind : std::uint8_t {
    kOk,
    kErr,
    kContinue,  ///< "+ ": the exchange of AUTH goes on.
  };
  Kind kind = Kind::kErr;
  std::string code;  ///< "SYS/TEMP": in capitals, without brackets; empty: there is none.
  std::string text;  ///< What is behind it, as it came.
};

/// Errors: kSyntax (it is no reply).
Result<ClientReply> parse_reply(std::string_view line);

/// True for `level` itself and for what is below it: "SYS/TEMP" is below "SYS".
bool code_is(std::string_view code, std::string_view level);
/// The server says that it may go better later: by its code, or where it has none, by its words.
bool is_temporary(const ClientReply& reply);

/// What a server says, for a terminal or a log: no control characters, no broken UTF-8, 400 octets
/// at most.
std::string to_printable(std::string_view text);

/// Puts lines together, which end in LF or CRLF.
class ReplyLineReader {
 public:
  struct Line {
    bool complete = false;  ///< Else more input is needed, and all of it was taken.
    bool bare_lf = false;   ///< It ended in LF without CR.
    std::string_view text;  ///< Without its end; valid until the next call.
  };
  /// Takes octets off the front of `input`, to the end of the line and no further. Errors: kLimit
  /// (longer than kServerLineBytesMax).
  Result<Line> next(std::string_view& input);

 private:
  std::string kept_;
  bool given_out_ = false;
};

}  // namespace restante::pop3
