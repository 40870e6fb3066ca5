// Quoted-printable (RFC 2045 s.6.7): blanks at the ends of lines go, lower-case digits count, and
// what is no code stays as it is written.
#pragma once

#include <string>
#include <string_view>

#include "mime/transfer_encoding.h"

namespace restante::mime {

class QuotedPrintableDecoder : public TransferDecoder {
 public:
  void feed(std::string_view octets, std::string& out) override;
  void finish(std::string& out) override;

 private:
  void take(char c, std::string& out);
  /// Octets that were kept back, since the line might have ended there, are text.
  void release(std::string& out);

  // "=" with what followed it so far, or blanks: either may be all that is left of a line.
  std::string kept_;
};

}  // namespace restante::mime
