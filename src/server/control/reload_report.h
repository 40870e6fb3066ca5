// What a reload came to, for its log line and for the operator that asked for it.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace restante::control {

struct ReloadReport {
  std::string kept;                     ///< Why all settings are as they were; empty: they are new.
  std::vector<std::string> mistakes{};  ///< Of the configuration: "FILE:LINE: key: what is wrong".
  std::string accounts_kept{};          ///< Why the accounts were not read again.
  std::vector<std::string> changed{};   ///< Keys, in force from now on.
  std::vector<std::string> needs_restart{};  ///< Keys that differ from what the server runs with.
  bool certificates_changed = false;

  [[nodiscard]] bool is_whole() const { return kept.empty() && accounts_kept.empty(); }
};

boost::json::object to_object(const ReloadReport& report);

/// " changed=a,b needs_restart=c", for the log.
std::string to_log(const ReloadReport& report);

}  // namespace restante::control
