// Which unique ids of an account stand for which content: asked when octets come that are here
// already. One id is one message: two ids with the same octets are two messages, which are told
// apart by the number of the copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/plan/known.h"

namespace restante::fetch {

class Owners {
 public:
  /// `known` outlives it, and loses no entry.
  explicit Owners(const Known& known);

  /// An entry that has been made, or has got another content.
  void add(const Known::value_type& entry);
  /// All entries with this content, but that of `but_for`; the same one may be there twice.
  [[nodiscard]] std::vector<const Known::value_type*> of(std::string_view sha256,
                                                         std::string_view but_for) const;

 private:
  std::unordered_multimap<std::size_t, const Known::value_type*> by_content_;
};

/// Whether the message of a unique id that is no longer listed may be the one that has come under
/// another id.
enum class TakeOver : bool { kNo, kVanished };

/// The least copy that no other id stands for.
std::uint32_t free_copy(const std::vector<const Known::value_type*>& owners, TakeOver take_over);

}  // namespace restante::fetch
