// Whose share of the disk's threads a mail takes (net/share_queue.h). Mails for one maildrop are
// one source of work. All mails for several maildrops together are another source: while one
// maildrop is locked, a list's mails would otherwise hang in it side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/common/session_context.h"

namespace restante::server {

class MailSource {
 public:
  /// A recipient was accepted, and leads to these.
  void add(const std::vector<std::string>& accounts) {
    std::uint64_t source = kSeveral;
    if (accounts.size() == 1) source = SessionContext::maildrop_source(accounts.front());
    source_ = source_.value_or(source) == source ? source : kSeveral;
  }
  /// The source of this mail; the next one begins anew.
  std::uint64_t take() { return std::exchange(source_, std::nullopt).value_or(kSeveral); }

 private:
  static constexpr std::uint64_t kSeveral = 0;  // No maildrop's, as far as a hash can tell.
  std::optional<std::uint64_t> source_;
};

}  // namespace restante::server
