// The place of an account's mail at the old server, as an operator writes it: "maildir:PATH",
// "mbox:PATH", "doveadm:USER", "pop3s://HOST", or a path alone. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::migrate {

struct Place {
  enum class Kind : std::uint8_t {
    kPath,  ///< A folder is a Maildir, a file an mbox.
    kMaildir,
    kMbox,
    kPop3,
    kDoveadm,  ///< The output of Dovecot's doveadm for a user.
  };
  Kind kind = Kind::kPath;
  std::string path{};
  std::size_t trusted = 0;  ///< Of the path: the part that was not filled in, but for its last
                            ///< name.
  std::string user{};       ///< Of POP3 and doveadm; empty: the account's name.
  std::string host{};
  std::uint16_t port = 0;
  bool implicit_tls = false;  ///< pop3s: TLS from the first octet; else STLS.
  bool plain = false;         ///< pop3+plain: without TLS.
};

/// A template with its values filled in.
struct Filled {
  std::string text;
  std::size_t fixed = 0;  ///< Characters before the first that depends on the account.
};

/// Errors: kSyntax.
Result<Place> parse_place(const Filled& source);
/// How much of a path no owner of a mailbox can have made: without the parts that were filled in,
/// and without the last name.
std::size_t trusted_part(std::string_view path, std::size_t fixed);

/// Whether it has something to fill in.
bool is_template(std::string_view text);
/// %u: the account, %n: the part before its last "@", %d: the part behind it, %%: "%". Errors:
/// kSyntax (another letter; or the filled-in name would lead to another folder).
Result<Filled> fill_in(std::string_view text, std::string_view account);

}  // namespace restante::migrate
