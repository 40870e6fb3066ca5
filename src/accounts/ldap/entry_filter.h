// An LDAP filter that is asked of an entry already here: whether an account is disabled. No further
// question to the server. Pure.
//
// Of RFC 4515 s.3: &, |, !, =, presence, substrings, >=, <=, and Active Directory's two rules for
// bits. Values are compared without case. An attribute that the entry lacks, or may not show,
// equals nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/ldap/entry.h"
#include "base/result.h"

namespace restante::accounts::ldap {

class EntryFilter {
 public:
  /// Errors: kSyntax, saying what is wrong.
  static Result<EntryFilter> parse(std::string_view text);

  /// Matches nothing.
  EntryFilter();
  ~EntryFilter();
  EntryFilter(EntryFilter&&) noexcept;
  EntryFilter& operator=(EntryFilter&&) noexcept;

  [[nodiscard]] bool matches(const Entry& entry) const;
  /// Those that it looks at.
  [[nodiscard]] std::vector<std::string> attributes() const;

  struct Node;

 private:
  std::unique_ptr<Node> root_;
};

}  // namespace restante::accounts::ldap
