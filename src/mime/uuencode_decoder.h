// Uuencode (POSIX.1-2017, uuencode): the lines between "begin 644 name" and "end".
#pragma once

#include <string>
#include <string_view>

#include "mime/transfer_encoding.h"

namespace restante::mime {

/// The name on a line "begin 644 name", or empty: it is none.
std::string_view uuencode_name(std::string_view line);
/// The line "end", perhaps with blanks behind it.
bool is_uuencode_end(std::string_view line);
/// Whether a line between "begin" and "end" can be one: no longer than its first character says.
bool is_uuencode_line(std::string_view line);

class UuencodeDecoder : public TransferDecoder {
 public:
  void feed(std::string_view octets, std::string& out) override;
  void finish(std::string& out) override;

 private:
  void take(std::string_view line, std::string& out);

  std::string line_;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

}  // namespace restante::mime
