// The header of a message, taken from the stream while it comes in, with a bound; and the rules
// that look into it. Line ends do not matter: a CR before an LF is dropped. It decodes nothing.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "profile/profile.h"

namespace restante::fetch {

class HeaderBlock {
 public:
  static constexpr std::size_t kBytesMax = 256U << 10;

  /// The next octets of the message; cheap once the header has ended.
  void feed(std::string_view octets);

  /// The lines up to the empty one, ending in LF. Fields beyond kBytesMax are missing.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// The empty line has come, and nothing is missing.
  [[nodiscard]] bool whole() const { return ended_ && text_.size() < kBytesMax; }

 private:
  std::string text_;
  bool ended_ = false;
};

/// The header of a file; not whole when the file cannot be read.
HeaderBlock read_header(const archive::Path& path);

/// The first rule that the header meets; null: none. Names and texts without regard to case;
/// continuation lines belong to their field.
const profile::HeaderRule* find_rule(std::span<const profile::HeaderRule> rules,
                                     std::string_view header);

}  // namespace restante::fetch
