// From an envelope recipient to the accounts it is delivered to: domains, folding, aliases,
// subaddresses, catch-all, postmaster. Pure rules over a Directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/directory.h"
#include "base/result.h"

namespace restante::accounts {

struct RouterSettings {
  std::string default_domain;  ///< For an address without a domain ("postmaster"); may be empty.
  std::string
      postmaster;  ///< Account for postmaster@ any domain of ours without one; may be empty.
  /// Where "postmaster" alone is looked for, in this order; the first one stands for our domain.
  std::vector<std::string> postmaster_domains{};
  std::string subaddress_separator =
      "+";  ///< Characters that start a subaddress; empty: none (RFC 5233).
  bool fold_local_part = true;
};

/// Callable from any thread.
class Router {
 public:
  Router(Directory& directory, RouterSettings settings);

  /// The canonical names of the accounts, each once, at least one. `address` is a parsed mailbox
  /// ("local@domain", or a local part alone), unquoted and of any length. Errors: kNotFound (no
  /// such mailbox here), kState (the domain is not ours: no relaying), kAuth (the account is
  /// disabled), kIo, kLimit (aliases nest too deeply or lead to too many).
  Result<std::vector<std::string>> resolve(std::string_view address) const;

 private:
  Result<std::vector<std::string>> resolve_postmaster(std::string_view address) const;
  Result<std::vector<std::string>> resolve_bare_postmaster() const;

  Directory& directory_;  ///< Not owned; outlives the router.
  RouterSettings settings_;
};

}  // namespace restante::accounts
