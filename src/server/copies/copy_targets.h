// The servers that copies may go to, as configured, with the means for TLS with each; and what is
// known of every target: whether it answers, and how fast it may get more. Callable from any
// thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "copies/settings.h"
#include "net/tls_client.h"
#include "server/copies/waits.h"
#include "server/measures/exposition.h"
#include "server/outgoing/far_place.h"

namespace restante::server {

struct CopyServer {
  copies::Target target;
  FarPlace place;
  std::shared_ptr<net::TlsClientContext> tls;
  bool has_authority = false;  ///< One is configured, beside those of the system.
};

class CopyTargets {
 public:
  /// Reads files: before the sandbox. Errors: kIo, kSyntax (a file that is of no use).
  static Result<std::unique_ptr<CopyTargets>> load(const copies::Settings& settings);

  /// Null: it is not configured.
  [[nodiscard]] const CopyServer* find(const copies::Target& target) const;

  /// Until when a target that does not answer is left alone; nullopt: it may be asked. `target` is
  /// copies::to_string()'s.
  std::optional<WallTime> rests_until(const std::string& target, WallTime now);
  /// It did not answer. Until when it rests.
  WallTime failed(const std::string& target, std::string reason, WallTime now);
  void answered(const std::string& target);
  /// It is asked again at once; how often it has failed stays known.
  void ask_again(const std::string& target);
  /// Whether one more message may go there now.
  bool take(const std::string& target, std::uint32_t per_minute);
  /// The targets that have not answered several times in a row, and why.
  [[nodiscard]] std::map<std::string, std::string> down() const;

 private:
  struct State {
    std::uint64_t failures = 0;  ///< In a row.
    WallTime until{};
    std::string reason;
    CopyRate rate;
  };

  std::map<std::string, CopyServer, std::less<>> servers_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::map<std::string, State> states_;
};

/// The places among the targets, for the process that connects.
std::vector<FarPlace> copy_places(const copies::Settings& settings);

}  // namespace restante::server
