// One line of a passwd-file: "name:{SCHEME}secret[:more]", as Dovecot's passwd-file and shadow(5)
// have it; of what follows the secret only Dovecot's extra fields and shadow(5)'s end of the
// account count (passwd_extra.h). Pure text; used by the back end and by import.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/names/names.h"
#include "accounts/passwd_file/passwd_extra.h"
#include "base/result.h"

namespace restante::accounts {

struct PasswdLine {
  std::string name;    ///< Canonical.
  std::string secret;  ///< verify_password() knows it; empty: there is none to compare with.
  PasswdExtra extra;
  bool is_locked = false;  ///< No password at all, or one that passwd(1) has locked.
  /// Why the line cannot be served as it is meant; empty: it can. Never repeats the secret.
  std::string fault;
  bool is_secret_unknown = false;  ///< The scheme of the secret is unknown, and that is the only
                                   ///< fault.
};

/// Without the byte order mark that some editors put before UTF-8.
std::string_view without_bom(std::string_view text);

/// `line` is without its LF; a CR before it is dropped. std::nullopt for an empty line and a
/// comment ("#"). Errors: kSyntax, kLimit: it is not even to be told whose line it is.
/// `ignored` as parse_passwd_extra().
Result<std::optional<PasswdLine>> parse_passwd_line(std::string_view line, const NameRules& rules,
                                                    IgnoredFields* ignored = nullptr);

struct AliasLine {
  std::string address;               ///< Canonical, or "@domain".
  std::vector<std::string> targets;  ///< Canonical, each once, at least one.
};

/// One line of an aliases file: "address: target, target". The rest as above.
Result<std::optional<AliasLine>> parse_alias_line(std::string_view line, const NameRules& rules);

}  // namespace restante::accounts
