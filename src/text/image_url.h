// A picture as a link that holds it. Pure. RFC 2397.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// Larger pictures are not shown.
inline constexpr std::size_t kImageBytesMax = 10U << 20;

/// "data:image/png;base64,…" of a PNG, JPEG, GIF or WebP picture, known by its own first octets;
/// empty for anything else and for a picture above kImageBytesMax.
std::string image_url(std::string_view octets);

}  // namespace restante::text
