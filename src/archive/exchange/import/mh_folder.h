// A folder of MH: files that are named by numbers, and ".mh_sequences", which says what is unseen,
// replied to and flagged of them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::archive {

class MhSequences {
 public:
  MhSequences() = default;
  /// `text`: the file's, lines as "unseen: 1 3-7". Lines that it does not understand are left out.
  explicit MhSequences(std::string_view text);

  /// Maildir's letters for a file of that name; empty for what is no message's name, and where
  /// there are no sequences.
  [[nodiscard]] std::string flags_of(std::string_view name) const;

 private:
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  static Ranges ranges_in(std::string_view text);

  bool known_ = false;
  Ranges unseen_;
  Ranges replied_;
  Ranges flagged_;
};

}  // namespace restante::archive
