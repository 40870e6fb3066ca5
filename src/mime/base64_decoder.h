// Base64 as mail has it (RFC 2045 s.6.8): in padded pieces one after another, without its padding,
// with junk within, with a list's footer behind it.
#pragma once

#include <string>
#include <string_view>

#include "mime/transfer_encoding.h"

namespace restante::mime {

class Base64Decoder : public TransferDecoder {
 public:
  explicit Base64Decoder(Footer footer) : footer_(footer) {}
  void feed(std::string_view octets, std::string& out) override;
  void finish(std::string& out) override;

 private:
  /// `line` has its end still; `is_whole`: it is a line, not a piece of a long one.
  void take(std::string_view line, bool is_whole, std::string& out);
  [[nodiscard]] bool begins_footer(std::string_view line) const;
  void decode(std::string_view octets, std::string& out);
  void end_group(std::string& out);

  Footer footer_;
  std::string line_;  // As much as is there of one.
  unsigned group_ = 0;
  int bits_ = 0;  // In `group_`.
  bool in_footer_ = false;
  bool after_padding_ = false;
  bool has_octets_ = false;
  bool has_blanks_ = false;  // Between the letters of a line.
};

}  // namespace restante::mime
