// A further place that gets every new mail of an account. What waits for it is a view of the
// account's maildrop, named by the label (src/maildrop/view.h); how it gets there is src/copies.
#pragma once

#include <string>

#include "base/clock.h"

namespace restante::accounts {

struct Copy {
  std::string label;   ///< As maildrop::view_name() gives it; unique in its account.
  std::string target;  ///< "lmtp:host:port", "smtp:host:port" or "account:name".
  std::string as{};    ///< The recipient there; empty: the account's own name.
  /// The account keeps nothing: a message leaves its own views, too, when all its copies have it.
  bool instead = false;
  bool paused = false;    ///< Nothing is sent; what comes waits.
  bool keep_ids = false;  ///< The target is asked to give messages the same unique ids.
  WallTime created{};

  bool operator==(const Copy&) const = default;
};

struct AccountCopy {
  std::string account;  ///< Account::name.
  Copy copy;
};

}  // namespace restante::accounts
