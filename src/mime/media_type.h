// The kind of a part: its Content-Type as it is meant, and the other words of its header on it.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/header_block.h"
#include "mime/parameters.h"
#include "mime/transfer_encoding.h"

namespace restante::mime {

struct MediaType {
  std::string type;      ///< "text/plain", lower case; one of a form that can be. Never empty.
  bool is_known = true;  ///< False: it is missing or nonsense, and the content must tell.
  Parameters parameters;
  Encoding encoding = Encoding::kIdentity;

  [[nodiscard]] bool is_multipart() const { return type.starts_with("multipart/"); }
  /// A whole message within: message/rfc822 and its sisters.
  [[nodiscard]] bool is_message() const;
};

/// `standard` is what a part without the field is (RFC 2046 s.5.1.5). "text" and "plain/text" are
/// text/plain, "html" is text/html; other words without a slash are text/plain, not known.
MediaType media_type_of(const HeaderBlock& header, std::string_view standard);

/// Whether octets are text as people write it: no NUL, and hardly any control character.
bool looks_like_text(std::string_view octets);

}  // namespace restante::mime
