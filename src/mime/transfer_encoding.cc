#include "mime/transfer_encoding.h"

#include "base/ascii.h"
#include "mime/base64_decoder.h"
#include "mime/quoted_printable_decoder.h"
#include "mime/uuencode_decoder.h"

namespace restante::mime {
namespace {

constexpr std::size_t kPieceBytes = 64U << 10;

class Identity : public TransferDecoder {
 public:
  void feed(std::string_view octets, std::string& out) override { out.append(octets); }
  void finish(std::string& /*out*/) override {}
};

}  // namespace

Encoding encoding_of(std::string_view raw) {
  std::string name;  // Without what is no part of a name: blanks, quotes, a semicolon.
  for (const char c : raw.substr(0, 100)) {
    if (c == ';' || c == '(') {
      if (!name.empty()) break;
      continue;
    }
    if (is_alpha(c) || is_digit(c)) name += to_lower(c);
  }
  if (name.starts_with("base64") || name == "b64" || name == "xbase64") return Encoding::kBase64;
  if (name.starts_with("quotedprint") || name == "qp") return Encoding::kQuotedPrintable;
  if (name.starts_with("xuu") || name.starts_with("uue") || name == "uu")
    return Encoding::kUuencode;
  return Encoding::kIdentity;
}

std::unique_ptr<TransferDecoder> make_decoder(Encoding encoding, Footer footer) {
  switch (encoding) {
    case Encoding::kBase64: return std::make_unique<Base64Decoder>(footer);
    case Encoding::kQuotedPrintable: return std::make_unique<QuotedPrintableDecoder>();
    case Encoding::kUuencode: return std::make_unique<UuencodeDecoder>();
    case Encoding::kIdentity: break;
  }
  return std::make_unique<Identity>();
}

std::string decode(std::string_view octets, Encoding encoding, Footer footer,
                   std::size_t bytes_max) {
  if (encoding == Encoding::kIdentity) return std::string(octets.substr(0, bytes_max));
  const auto decoder = make_decoder(encoding, footer);
  std::string out;
  while (!octets.empty() && out.size() < bytes_max) {
    decoder->feed(octets.substr(0, kPieceBytes), out);
    octets.remove_prefix(std::min(octets.size(), kPieceBytes));
  }
  if (octets.empty()) decoder->finish(out);
  if (out.size() > bytes_max) out.resize(bytes_max);
  return out;
}

}  // namespace restante::mime
