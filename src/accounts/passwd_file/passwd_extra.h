// The extra fields of a line of Dovecot's passwd-file, behind its seventh colon. Fields that have a
// meaning here are read. A field that would let in a user whom Dovecot keeps out is a mistake. The
// rest (homes, mail locations) is ignored. A line of shadow(5) has the day on which the account
// ends in that place; there is no such end here, so that it is a mistake, too. Pure text.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "accounts/allowance.h"
#include "accounts/networks.h"
#include "base/result.h"

namespace restante::accounts {

struct PasswdExtra {
  bool no_login = false;                       ///< "nologin": mail is taken, but logins fail.
  std::shared_ptr<const Networks> networks{};  ///< Of "allow_nets"; null: there is none.
  Allowance allowance{};  ///< Of "userdb_quota_rule=*:storage=1G:messages=100",
                          ///< the same without "userdb_",
                          ///< "several_addresses=each" and the like.
};

/// Names of fields that mean nothing here: "home", "userdb_mail".
using IgnoredFields = std::set<std::string, std::less<>>;

/// `fields` is what follows the secret: "uid:gid:gecos:home:shell:extra extra". `ignored`, if not
/// null, gets what is there and means nothing. Errors: kSyntax.
Result<PasswdExtra> parse_passwd_extra(std::string_view fields, IgnoredFields* ignored = nullptr);

}  // namespace restante::accounts
