// Where each value of an account that another back end knows comes from: set here, or said by that
// back end. Of an account in accounts.db there is nothing to tell: all of it is set here.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "accounts/admin.h"

namespace restante::ctl {

class Origins {
 public:
  /// `entry` is not owned and outlives it.
  explicit Origins(const accounts::AccountEntry& entry) : entry_(entry) {}

  /// Each " (set here)", " (as ldap ldap://… says)", or empty where there is no value.
  [[nodiscard]] std::string state() const;
  [[nodiscard]] std::string networks() const;
  [[nodiscard]] std::string quota() const;
  [[nodiscard]] std::string retention() const;
  [[nodiscard]] std::string addresses() const;

  /// "place", and "set_here": the names of the values that are.
  void add_to(boost::json::object& object) const;

 private:
  [[nodiscard]] std::string text(bool is_there, bool is_own, bool is_all_own = true) const;
  [[nodiscard]] accounts::Allowance own_allowance() const;
  [[nodiscard]] bool is_own_state() const;
  [[nodiscard]] bool are_own_networks() const;

  const accounts::AccountEntry& entry_;
};

}  // namespace restante::ctl
