// Which view a login would open, for account test.
#pragma once

#include <string>

#include "restantectl/office.h"

namespace restante::ctl {

/// A login name without the label of a view, and what else chooses the view.
struct LoginLabel {
  std::string name;
  std::string label{};
  std::string device{};  ///< The device whose password it was; empty: the account's own.
};

/// As the server takes a login name apart. Errors: kIo.
Result<LoginLabel> take_label(Office& office, const std::string& name);

/// In words: its name, and what is to be known of it. Errors: kIo, kCorrupt.
Result<std::string> view_of_login(Office& office, const std::string& account,
                                  const LoginLabel& login);

}  // namespace restante::ctl
