// Transfer encodings of MIME (RFC 2045 s.6) as mail has them, decoded piece by piece. Nothing is
// refused: what is damaged is read as far as it makes sense. Pure; linear; the memory is that of a
// line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace restante::mime {

enum class Encoding : std::uint8_t { kIdentity, kBase64, kQuotedPrintable, kUuencode };

/// Of a Content-Transfer-Encoding field: "base64;", "\"Base64\"" and "uue" are known, too; any
/// other word is no encoding at all.
Encoding encoding_of(std::string_view raw);

/// What stands behind the end of base64 and is none, such as a list's footer.
enum class Footer : std::uint8_t {
  kIsText,   ///< Comes out as it stands.
  kLeftOut,  ///< Is no part of a file.
};

class TransferDecoder {
 public:
  virtual ~TransferDecoder() = default;
  /// The next octets, cut anywhere; what they mean is appended.
  virtual void feed(std::string_view octets, std::string& out) = 0;
  /// The end: what was waited for is taken as it is.
  virtual void finish(std::string& out) = 0;
};

std::unique_ptr<TransferDecoder> make_decoder(Encoding encoding, Footer footer);

/// All at once, at most `bytes_max`.
std::string decode(std::string_view octets, Encoding encoding, Footer footer,
                   std::size_t bytes_max = SIZE_MAX);

}  // namespace restante::mime
