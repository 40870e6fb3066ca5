// What a copy needs to know of a message before it goes out: its envelope's sender, as the trace
// header of its delivery here says, and whether it has been round already. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante::server {

struct CopiedMail {
  std::string sender;              ///< Plain; empty: the null sender.
  std::size_t return_path = 0;     ///< Octets of the Return-Path field at its very beginning: the
                                   ///< next server writes its own (RFC 5321 s.4.4).
  std::size_t received = 0;        ///< Received fields.
  std::size_t delivered_here = 0;  ///< Delivered-To fields that name this account.

  /// It would come round again: it was delivered here before, or is past all servers that a mail
  /// meets (RFC 5321 s.6.3).
  [[nodiscard]] bool goes_round() const;
};

/// `beginning`: of the message in wire form, its header's first octets at least. `names`: what the
/// account is called, now and by its maildrop.
CopiedMail look_at_mail(std::string_view beginning, const std::vector<std::string>& names);

}  // namespace restante::server
