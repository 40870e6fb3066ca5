// Asks a clamd(8) about one message, by zINSTREAM: pieces with their length before them, an empty
// one, and a line that ends in NUL. It knows no archive and no verdict but clamd's own: only the
// exact words for "clean" mean clean.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/stop_signal.h"

namespace restante::fetch {

struct ScanVerdict {
  enum class Kind : std::uint8_t {
    kClean,
    kInfected,
    kUnknown,  ///< It could not be scanned: too large for clamd, or clamd broke off.
  };
  Kind kind = Kind::kUnknown;
  std::string text;  ///< The signature's name; or why nothing is known, for the user.
};

/// Gives all octets of a message to the sink, and its error back.
using OctetSource =
    std::function<Status(const std::function<Status(std::string_view octets)>& sink)>;

class Clamd {
 public:
  /// `target` as socket_target.h's; `stop` outlives it. `timeout` is for the connection, and for
  /// each wait while octets go out; `scan_timeout` for the answer.
  Clamd(std::string target, const net::StopSignal& stop,
        std::chrono::milliseconds timeout = std::chrono::seconds(30),
        std::chrono::milliseconds scan_timeout = std::chrono::minutes(3))
      : target_(std::move(target)), stop_(stop), timeout_(timeout), scan_timeout_(scan_timeout) {}

  /// Blocks. Memory does not depend on the message's size. Errors: kNotFound, kIo, kTimeout,
  /// kLimit, kSyntax: clamd cannot be reached at all, and the detail says where; kState (stop was
  /// raised); and the source's own, by its code.
  Result<ScanVerdict> scan(const OctetSource& source) const;

 private:
  std::string target_;
  const net::StopSignal& stop_;
  std::chrono::milliseconds timeout_;
  std::chrono::milliseconds scan_timeout_;
};

}  // namespace restante::fetch
