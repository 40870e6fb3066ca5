// Recognises a message that another program has changed on its way: by Message-ID, Date, and the
// size of its body, since collectors add header lines alone. Streaming and pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::archive {

struct Outline {
  std::string message_id;         ///< As it stands, without blanks around; empty: there is none.
  std::string date;               ///< The same of the Date field.
  std::uint64_t body_octets = 0;  ///< With every line ending in CRLF.
  std::uint64_t body_lines = 0;
};

class OutlineReader {
 public:
  static constexpr std::size_t kHeaderBytesMax = 256U << 10;

  /// The next octets of the message, cut anywhere; line ends are CRLF or LF.
  void feed(std::string_view octets);
  [[nodiscard]] Outline finish() const;

 private:
  void feed_header(char c);

  std::string header_;  // Without CR before LF.
  bool in_body_ = false;
  char last_ = '\0';
  std::uint64_t body_octets_ = 0;
  std::uint64_t body_lines_ = 0;
};

/// Whether the size that a server tells of a message, without its header, may be that of this body:
/// some count line ends as one octet; mbox files and mail readers add or take away a line's end.
bool is_plausible(std::uint64_t body_on_server, const Outline& outline);

}  // namespace restante::archive
