// What stands behind MAIL, RCPT, BDAT and the hellos: paths, parameters, sizes. Pure functions; an
// argument that does not hold gives the reply to send instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "mail/address.h"
#include "smtp/replies.h"

namespace restante::smtp {

template <typename T>
using Parsed = tl::expected<T, Reply>;

struct MailArgument {
  mail::Mailbox sender;              ///< Both parts empty: the null sender.
  std::uint64_t declared_bytes = 0;  ///< SIZE=, the largest number when it does not fit; 0: none.
  bool smtputf8 = false;
};

struct RcptArgument {
  mail::Mailbox recipient;
  std::string uid;  ///< XUID=, decoded: 1 to 70 characters 0x21..0x7E (RFC 1939 s.7); empty: none.
};

struct ChunkArgument {
  std::uint64_t chunk_bytes = 0;
  bool last = false;
};

/// "FROM:<path> [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8]". Blanks behind the colon are tolerated
/// (RFC 5321 s.3.3 names them a common mistake); by the tolerant grammar blanks before it and a
/// SIZE= without a number, too. RFC 1870 s.3, RFC 6152 s.2, RFC 6531 s.3.4.
Parsed<MailArgument> parse_mail(std::string_view argument, mail::Grammar grammar);

/// "TO:<path> [XUID=xtext]" (docs/xuid.md). `smtputf8` is what MAIL said. RFC 5321 s.4.1.1.3.
Parsed<RcptArgument> parse_rcpt(std::string_view argument, bool smtputf8, mail::Grammar grammar);

/// "size [LAST]" (RFC 3030 s.2).
Parsed<ChunkArgument> parse_chunk(std::string_view argument);

/// The name behind HELO, EHLO and LHLO. Strict: one word of printable ASCII, at most 255 octets,
/// not checked more closely: many senders do not know their name, and RFC 5321 s.4.1.4 forbids
/// refusing mail for it. Tolerant: anything, even nothing, cut after 255 octets.
Parsed<std::string> parse_hello(std::string_view argument, mail::Grammar grammar);

}  // namespace restante::smtp
