// How many octets POP3 counts in a message in wire form, found out while it passes by. State
// between chunks; nothing is copied.
#pragma once

#include <cstdint>
#include <string_view>

namespace restante::mail {

/// Counts the octets of a message as STAT and LIST give them: as sent, with CRLF line ends, the dot
/// that stuffing added not counted (RFC 1939 s.11).
class WireCounter {
 public:
  void write(std::string_view chunk);
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  /// The message so far is empty or ends in CRLF.
  [[nodiscard]] bool at_line_start() const { return at_line_start_; }

 private:
  std::uint64_t octets_ = 0;
  bool at_line_start_ = true;
  bool after_cr_ = false;
};

}  // namespace restante::mail
