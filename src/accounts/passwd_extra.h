// The extra fields of a line of Dovecot's passwd-file, behind its seventh colon: what of them means
// something here is read, what would let in somebody whom Dovecot keeps out is a mistake, and the
// rest (homes, mail locations) is none of ours. Pure text.
#pragma once

#include <string_view>

#include "accounts/allowance.h"
#include "base/result.h"

namespace restante::accounts {

struct PasswdExtra {
  bool no_login = false;  ///< "nologin": mail is taken, but nobody gets in.
  Allowance allowance{};  ///< Of "userdb_quota_rule=*:storage=1G:messages=100",
                          ///< "several_addresses=each" and the like.
};

/// `fields` is what follows the secret: "uid:gid:gecos:home:shell:extra extra". Errors: kSyntax.
Result<PasswdExtra> parse_passwd_extra(std::string_view fields);

}  // namespace restante::accounts
