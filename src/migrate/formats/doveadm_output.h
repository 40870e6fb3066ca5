// The output of Dovecot's doveadm: tables (-f tab), and messages one behind the other (-f pager).
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::migrate {

/// A line of `doveadm -f tab fetch "uid guid pop3.uidl pop3.order date.received.unixtime
/// size.virtual storageid"`.
struct DoveadmMessage {
  std::uint32_t uid = 0;
  std::string guid{};
  std::string pop3_uidl{};  ///< Of an earlier move into Dovecot; empty: none.
  std::optional<std::uint32_t> pop3_order{};
  std::int64_t received_unix = 0;
  std::uint64_t octets = 0;  ///< With CRLF line ends.
  std::string storage_id{};  ///< The value of %f in pop3_uidl_format.
};
inline constexpr std::string_view kDoveadmFields =
    "uid guid pop3.uidl pop3.order date.received.unixtime size.virtual storageid";

/// Errors: kSyntax: the text is another table.
Result<std::vector<DoveadmMessage>> parse_doveadm_messages(std::string_view text);

/// A line of `doveadm -f tab mailbox status "messages uidvalidity"`.
struct DoveadmMailbox {
  std::string name;
  std::uint64_t messages = 0;
  std::uint32_t uid_validity = 0;
};
inline constexpr std::string_view kDoveadmStatus = "messages uidvalidity";

/// Errors: kSyntax.
Result<std::vector<DoveadmMailbox>> parse_doveadm_mailboxes(std::string_view text);

/// The lines before a message in the answer to `doveadm -f pager fetch "uid size.physical text"`.
struct DoveadmHead {
  std::uint32_t uid = 0;
  std::uint64_t octets = 0;  ///< The size of the text behind it; its content does not matter.
};
inline constexpr std::string_view kDoveadmText = "uid size.physical text";

/// Off the front of `text`; nothing: there is more of it to come. Errors: kSyntax.
Result<std::optional<DoveadmHead>> take_doveadm_head(std::string_view& text);
/// The separator behind a message's text, off the front of `text`; false: more of it must come.
/// `at_end`: nothing more comes. Errors: kSyntax.
Result<bool> take_doveadm_separator(std::string_view& text, bool at_end);

}  // namespace restante::migrate
