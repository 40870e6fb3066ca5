// What is found out about a message in wire form while it passes by: its octets as POP3 counts
// them, and whether its header needs UTF8. State between chunks; nothing is copied.
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

/// Finds octets above 127 in the header, which make a message one that only a client with UTF8 may
/// be given (RFC 6532 s.3, RFC 6856 s.4). Costs nothing more once the header is over.
class EightBitHeader {
 public:
  void write(std::string_view chunk);
  /// True when the header, as far as it came, has such octets.
  [[nodiscard]] bool found() const { return found_; }
  /// The empty line was there: what follows changes nothing.
  [[nodiscard]] bool header_over() const { return header_over_; }

 private:
  bool found_ = false;
  bool header_over_ = false;
  bool after_cr_ = false;
  std::uint64_t line_bytes_ = 0;
};

}  // namespace restante::mail
