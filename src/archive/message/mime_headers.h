// Header fields found by src/mime, as the archive keeps and shows them. Pure.
#pragma once

#include <string_view>

#include "archive/message/mime_message.h"
#include "mime/header_block.h"

namespace restante::archive {

/// `charset` is the body's, for octets that are not encoded; perhaps empty.
Headers read_headers(const mime::HeaderBlock& block, std::string_view charset);

}  // namespace restante::archive
