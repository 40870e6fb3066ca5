// Puts the replies of a mail server together from its octets (RFC 5321 s.4.2), within bounds. It
// does not know which command a reply answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::smtp {

struct ServerReply {
  int code = 0;                    ///< 100 to 599, of the last line.
  std::vector<std::string> lines;  ///< What stands behind the codes; no control characters.

  /// The lines in one, cut, for logs and users: UTF-8.
  [[nodiscard]] std::string text() const;
};

class ReplyReader {
 public:
  /// Takes octets off the front of `input`, up to the end of a reply; nullopt: it needs more.
  /// Errors: kSyntax, kLimit, with a sentence. After one it is of no more use.
  Result<std::optional<ServerReply>> take(std::string_view& input);

 private:
  Result<bool> take_line(std::string_view line);

  std::string line_;  ///< As far as it has come.
  ServerReply reply_;
  std::size_t bytes_ = 0;  ///< Of reply_.
};

}  // namespace restante::smtp
