// When an account was last logged in to, by each of its devices, and when mail last came and went:
// out of the journal's acts. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/act.h"

namespace restante::ctl {

/// The acts that say it.
std::vector<journal::Kind> telling_kinds();

class LastActs {
 public:
  /// In any order.
  void take(const journal::Act& act);
  /// Each of them is known: what is older tells nothing new, but for devices that were not seen.
  [[nodiscard]] bool is_full() const { return delivery_ && retrieval_ && !logins_.empty(); }

  /// By the account's own password: under "".
  [[nodiscard]] const std::map<std::string, journal::Act>& logins() const { return logins_; }
  [[nodiscard]] const std::optional<journal::Act>& delivery() const { return delivery_; }
  [[nodiscard]] const std::optional<journal::Act>& retrieval() const { return retrieval_; }

  /// Adds "last_login", "last_delivery" and "last_retrieval" to what the server says of an account,
  /// and to its devices when each logged in last, and from where.
  void add_to(boost::json::object& who) const;

 private:
  std::map<std::string, journal::Act> logins_;
  std::optional<journal::Act> delivery_;
  std::optional<journal::Act> retrieval_;
};

}  // namespace restante::ctl
