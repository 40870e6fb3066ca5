// The LDAP servers of one back end, and which of them to ask first: in the order of the
// configuration, but those that failed a while ago come last. Pure but for its memory; time is
// passed in.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace restante::accounts::ldap {

/// Callable from any thread.
class Servers {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `uris`: one or more, with blanks between.
  explicit Servers(std::string_view uris);

  [[nodiscard]] std::size_t count() const { return uris_.size(); }
  [[nodiscard]] const std::string& uri(std::size_t server) const { return uris_.at(server); }

  /// All of them, the first to ask first.
  [[nodiscard]] std::vector<std::size_t> order(Time now) const;
  /// Whether it failed lately, and another one did not.
  [[nodiscard]] bool is_behind(std::size_t server, Time now) const;
  /// It did not answer, or could not be reached: it comes last for a while.
  void failed(std::size_t server, Time now);
  void answered(std::size_t server);

 private:
  const std::vector<std::string> uris_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::vector<Time> last_until_;
};

}  // namespace restante::accounts::ldap
