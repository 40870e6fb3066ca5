// Which account a login name led to, where the account's own name is no spelling of it: an entry of
// a directory that logs in by several names. For finding again what is remembered of the account;
// nothing is believed because of it. Bounded: when it is full it begins anew.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace restante::accounts {

/// Callable from any thread.
class LoginLeads {
 public:
  explicit LoginLeads(std::size_t names_max) : names_max_(names_max) {}

  void note(const std::string& name, const std::string& account);
  [[nodiscard]] std::optional<std::string> account_of(const std::string& name) const;
  void clear();

 private:
  const std::size_t names_max_;
  mutable std::mutex mutex_;  ///< Guards everything below.
  std::unordered_map<std::string, std::string> accounts_;
};

}  // namespace restante::accounts
