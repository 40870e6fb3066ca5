// The facts of a recipient at RCPT: the number of its accounts, their quotas, and where their mail
// goes.
#pragma once

#include <string>
#include <vector>

#include "server/delivery/destinations.h"
#include "server/delivery/quota.h"

namespace restante::server {

struct CheckedRecipient {
  std::size_t copies = 0;
  std::vector<std::string> accounts{};  ///< Here by their names; none for a name known elsewhere.
  std::vector<QuotaHolder> holders{};
  std::string place{};  ///< As places_of().

  /// Every copy has a quota, so that all may be full. A copy without one always gets the mail.
  [[nodiscard]] bool may_be_full() const {
    return !holders.empty() && holders.size() == copies && place.empty();
  }
};

/// Asks the directory, and waits where it is slow. Errors: as Router::resolve().
Result<CheckedRecipient> check_recipient(const Guide& guide, const std::string& address);

}  // namespace restante::server
