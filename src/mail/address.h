// Mailboxes and paths of the envelope (RFC 5321 s.4.1.2, RFC 6531 s.3.3): parsing, unquoting,
// quoting, folding of domains. It knows no accounts and no message headers (those have a wider
// grammar). Local parts and paths have no limit of their own (RFC 5321 s.4.5.3.1.3 asks for 256
// octets at least, RFC 5321 s.4.5.3.1 for no limit where possible): their line bounds them.
//
// Two forms of an address: the wire form ("a b"@example.test in quotes where needed), and the plain
// form, unquoted (a b@example.test, split at the last "@"), which accounts and the envelope use.
// Weak: U-labels are checked for valid UTF-8 only, not against IDNA; a label may hold "_", which
// RFC 5321 does not allow but real senders use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::mail {

/// How closely a path has to keep to the grammar.
enum class Grammar : std::uint8_t {
  kTolerant,  ///< What untidy_path.h reads is taken, too: the mail matters, not its envelope's
              ///< form.
  kStrict,    ///< RFC 5321 s.4.1.2 as it stands.
};

struct Mailbox {
  std::string local;   ///< Unquoted; not empty, no control characters.
  std::string domain;  ///< As given; a literal with its brackets; empty: postmaster, or untidy.
  bool non_ascii = false;

  /// "local@domain" without quotes, or the local part alone when there is no domain.
  [[nodiscard]] std::string plain() const;
};

/// A plain address taken apart at the last "@"; without one, all of it is the local part.
struct SplitAddress {
  std::string_view local;
  std::string_view domain;
};

/// Parses a whole "local@domain" in wire form. Non-ASCII must be UTF-8 and is reported in
/// `non_ascii`; whether it may be used is the caller's decision (SMTPUTF8).
/// Errors: kSyntax, kLimit. RFC 5321 s.4.1.2, s.4.5.3.1.
Result<Mailbox> parse_mailbox(std::string_view text);

/// Takes the forward-path of RCPT, "<…>", off the front of `text`. A source route is read and
/// ignored; "<postmaster>", in any case, needs no domain. Tolerant: no recipient needs one, and a
/// final dot of the domain is dropped. Errors: kSyntax, kLimit (then `text` is unchanged).
/// RFC 5321 s.4.1.1.3.
Result<Mailbox> take_forward_path(std::string_view& text, Grammar grammar);

/// Takes the reverse-path of MAIL, "<…>", off the front of `text`. "<>", the null sender, gives a
/// Mailbox with both parts empty. Tolerant: the domain may be missing, or none at all ("(none)"):
/// it is only written down. Errors: kSyntax, kLimit (then `text` is unchanged). RFC 5321 s.4.1.1.2.
Result<Mailbox> take_reverse_path(std::string_view& text, Grammar grammar);

SplitAddress split_address(std::string_view plain);

/// The wire form of a plain address: the local part in quotes when it needs them.
std::string to_wire(std::string_view plain);

/// True for a domain name or an address literal. RFC 5321 s.4.1.2, s.4.1.3; RFC 6531 s.3.3.
bool is_domain(std::string_view text);

}  // namespace restante::mail
