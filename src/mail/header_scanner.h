// A look at the header of a message while it streams by in wire form: how often "Received" stands
// in it (mail loops), whether it holds 8-bit octets (RFC 6532), where it ends. It keeps no text, so
// its memory is constant, and it does not care where the stream is cut.
//
// A bare LF ends a line here, as it does for programs that will read the mail later: so a loop is
// seen in a mail with such line ends, too. This decides nothing about framing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante::mail {

class HeaderScanner {
 public:
  /// Takes the next bytes of the message; cheap once the header has ended.
  void feed(std::string_view wire);

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::size_t received_count() const { return received_count_; }
  [[nodiscard]] bool has_8bit() const { return has_8bit_; }

 private:
  enum class Line : std::uint8_t { kStart, kCr, kName, kNameEnd, kOther };

  void step(char c);
  void step_name(char c);

  Line line_ = Line::kStart;
  std::uint8_t matched_ = 0;  // Characters of "received" seen in this line.
  bool ended_ = false;
  bool has_8bit_ = false;
  std::size_t received_count_ = 0;
};

}  // namespace restante::mail
