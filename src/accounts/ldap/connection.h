// A connection to the LDAP servers of a back end, to one at a time: where one hangs or goes away,
// the question is asked of the next. Used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/ldap/link.h"
#include "accounts/ldap/servers.h"
#include "accounts/ldap/settings.h"
#include "accounts/pooled_connection.h"
#include "base/result.h"

namespace restante::accounts::ldap {

/// As whom a connection searches; both are empty where it is anonymous.
struct Login {
  std::string dn;
  std::string password;
};

class Connection final : public PooledConnection {
 public:
  /// To the first server that answers. `login` is null for one that only binds. With several
  /// servers each step has half of the time-out, the last one all of it. Errors: kIo, with the
  /// reason of each server.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings, Servers& servers,
                                                  const Login* login);

  /// Simple bind. An empty password with a name would be no check at all (RFC 4513 s.5.1.2) and is
  /// refused here. Errors: kAuth, kIo.
  Status bind(const std::string& dn, std::string_view password);

  /// As Link::search().
  Result<std::vector<Entry>> search(const SearchRequest& request);

 private:
  Connection(const Settings& settings, Servers& servers, const Login* login)
      : settings_(settings), servers_(servers), login_(login) {}
  Status reach_any();
  Status reach(std::size_t server, Link::Patience patience);
  Status greet(Link& link, Link::Patience patience) const;
  template <typename Ask>
  auto ask_any(Ask ask) -> decltype(ask(std::declval<Link&>(), Link::Patience()));

  const Settings& settings_;  ///< Not owned, nor the others; the directory's.
  Servers& servers_;
  const Login* login_;
  std::unique_ptr<Link> link_;
  std::size_t server_ = 0;
};

}  // namespace restante::accounts::ldap
